//! With keys that look alike, because that is where a map can go wrong.

use super::*;
use std::thread;

/// A key, and what came with it.
#[derive(Clone)]
struct Number(u64, &'static str);

impl Known for Number {
    type Key = u64;

    fn key(&self) -> &u64 {
        &self.0
    }

    fn bits(key: &u64) -> u128 {
        // As bad as it gets: most keys look like others.
        u128::from(*key % 2)
    }
}

#[test]
fn each_key_has_what_was_last_remembered_under_it() {
    let map = Remembered::<Number>::new(1 << 20);
    let held = |number| map.get(&number).map(|known| (known.0, known.1));
    for number in 0..300 {
        assert!(held(number).is_none());
        assert_eq!(map.insert(Number(number, "first")).0, number);
    }
    map.insert(Number(7, "second"));
    map.remove(&8);
    map.remove(&8);
    for number in 0..300 {
        let text = if number == 7 { "second" } else { "first" };
        assert_eq!(held(number), (number != 8).then_some((number, text)));
    }
    assert_eq!(held(300), None);
    map.clear();
    assert_eq!(held(6), None);
}

#[test]
fn what_is_held_stays_whatever_becomes_of_the_map() {
    let map = Remembered::new(1 << 20);
    let held = map.insert(Number(1, "first"));
    map.insert(Number(1, "second"));
    (2..100).for_each(|number| drop(map.insert(Number(number, ""))));
    let second = map.get(&1).unwrap();
    map.clear();
    drop(map);
    assert_eq!((held.1, second.1, Held::apart(3).deref()), ("first", "second", &3));
}

#[test]
fn what_changes_over_and_over_takes_no_more_room() {
    let map = Remembered::new(1 << 20);
    for round in 0..1_000 {
        map.insert(Number(round % 8, ""));
    }
    let room = |shard: &Shard<Number>| shard.0.read().unwrap().part.slots.len();
    assert!(map.shards.iter().map(room).sum::<usize>() <= 40);
}

#[test]
fn a_map_that_is_full_starts_afresh_and_keeps_the_newest() {
    let map = Remembered::new(10 * SHARDS);
    for number in (0..95).map(|number| number * 2) {
        map.insert(Number(number, ""));
        assert!(map.get(&number).is_some());
    }
    assert_eq!((0..200).filter(|number| map.get(number).is_some()).count(), 5);
}

#[test]
fn readers_find_what_they_ask_for_while_it_changes() {
    let map = Remembered::new(1 << 20);
    (0..64).for_each(|number| drop(map.insert(Number(number, "kept"))));
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..2_000 {
                map.insert(Number(64 + round % 16, "changing"));
                map.remove(&(64 + round % 16));
                assert!(map.get(&(64 + round % 16)).is_none());
            }
        });
        for _ in 0..2 {
            scope.spawn(|| {
                for number in (0..64).cycle().take(20_000) {
                    assert_eq!(map.get(&number).map(|held| (held.0, held.1)), Some((number, "kept")));
                    assert!(map.get(&(64 + number % 16)).is_none_or(|held| held.0 == 64 + number % 16));
                }
            });
        }
    });
}
