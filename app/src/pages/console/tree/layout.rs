//! Where everybody stands in the drawing: levels from left to right, nobody on top of another, those above in the middle
//! of those below them. One pass down for the rows that end, one back up for those in between.

/// Width of a box, and from one level to the next.
pub(super) const BOX: i32 = 200;
pub(super) const COLUMN: i32 = 248;
/// Height of a box, and from one row to the next.
pub(super) const HIGH: i32 = 56;
pub(super) const ROW: i32 = 72;
/// Around the drawing.
pub(super) const MARGIN: i32 = 16;

/// The left upper corner of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) x: i32,
    pub(super) y: i32,
}

/// A drawing: where each row stands, above whom each hangs, and how large it all is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Layout {
    pub(super) places: Vec<Place>,
    pub(super) parents: Vec<Option<usize>>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Lays out rows given by their level, from 0 on, each after the one it hangs on.
pub(super) fn layout(levels: &[u32]) -> Layout {
    let parents = parents(levels);
    let mut spans: Vec<Option<(i32, i32)>> = vec![None; levels.len()];
    let mut places = vec![Place::default(); levels.len()];
    let leaf = |index: usize| levels.get(index + 1).is_none_or(|next| *next <= levels[index]);
    let mut next = MARGIN;
    for (index, place) in places.iter_mut().enumerate() {
        place.x = MARGIN + i32::try_from(levels[index]).unwrap_or(0) * COLUMN;
        if leaf(index) {
            place.y = next;
            next += ROW;
        }
    }
    for index in (0..levels.len()).rev() {
        if let Some((first, last)) = spans[index] {
            places[index].y = i32::midpoint(first, last);
        }
        let y = places[index].y;
        if let Some(parent) = parents[index] {
            // From the last to the first: the first seen is the lowest.
            let span = spans[parent].get_or_insert((y, y));
            span.0 = y;
        }
    }
    let deepest = levels.iter().max().map_or(0, |deepest| i32::try_from(*deepest).unwrap_or(0));
    let width = 2 * MARGIN + deepest * COLUMN + BOX;
    Layout { places, parents, width, height: next - ROW + HIGH + MARGIN }
}

/// The row each one hangs on: the nearest before it that is one level up.
fn parents(levels: &[u32]) -> Vec<Option<usize>> {
    let mut way: Vec<usize> = Vec::new();
    levels
        .iter()
        .enumerate()
        .map(|(index, level)| {
            way.truncate(*level as usize);
            let parent = way.last().copied();
            way.push(index);
            parent
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_above_stand_in_the_middle_of_those_below() {
        let laid = layout(&[0, 1, 2, 2, 1]);
        assert_eq!(laid.parents, [None, Some(0), Some(1), Some(1), Some(0)]);
        let y: Vec<i32> = laid.places.iter().map(|place| place.y).collect();
        assert_eq!(y[1], i32::midpoint(y[2], y[3]));
        assert_eq!(y[0], i32::midpoint(y[1], y[4]));
        assert_eq!(laid.places[2].x, MARGIN + 2 * COLUMN);
        assert_eq!((laid.width, laid.height), (2 * MARGIN + 2 * COLUMN + BOX, 2 * MARGIN + 2 * ROW + HIGH));
    }

    #[test]
    fn nobody_stands_on_another() {
        let laid = layout(&[0, 1, 2, 3, 3, 2, 1, 1, 2, 0, 1]);
        for (index, one) in laid.places.iter().enumerate() {
            for other in &laid.places[index + 1..] {
                assert!(one.x != other.x || (one.y - other.y).abs() >= ROW, "{one:?} {other:?}");
            }
        }
        assert_eq!(layout(&[]).places, []);
    }
}
