use super::*;
use proptest::prelude::*;
use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The definition of RFC 6962 section 2.1, word for word.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(naive_split(leaves.len()));
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

fn naive_split(width: usize) -> usize {
    let mut half = 1;
    while half * 2 < width {
        half *= 2;
    }
    half
}

/// RFC 6962 section 2.1.1.
fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let half = naive_split(leaves.len());
    let (left, right) = leaves.split_at(half);
    let (mut path, other) = if index < half {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - half, right), naive_root(left))
    };
    path.push(other);
    path
}

/// RFC 6962 section 2.1.2.
fn naive_consistency(from: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if from == leaves.len() {
        return if whole { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let half = naive_split(leaves.len());
    let (left, right) = leaves.split_at(half);
    let (mut proof, other) = if from <= half {
        (naive_consistency(from, left, whole), naive_root(right))
    } else {
        (naive_consistency(from - half, right, false), naive_root(left))
    };
    proof.push(other);
    proof
}

/// Subtrees of leaves that are all there; counts what is asked for.
struct InMemory<'a> {
    leaves: &'a [Hash],
    asked: usize,
}

impl Subtrees for InMemory<'_> {
    type Error = Infallible;

    async fn hashes(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, Infallible> {
        self.asked += nodes.len();
        let range =
            |node: &Node| (node.index << node.level) as usize..((node.index + 1) << node.level) as usize;
        Ok(nodes.iter().map(|node| naive_root(&self.leaves[range(node)])).collect())
    }
}

/// The result of a future that never waits.
fn now<T>(future: impl Future<Output = Result<T, Infallible>>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(value)) => value,
        Poll::Ready(Err(never)) => match never {},
        Poll::Pending => panic!("waits"),
    }
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Known answers, from the test vectors of Certificate Transparency's reference implementation.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let hashes: Vec<Hash> = inputs.iter().map(|input| leaf_hash(input)).collect();
    for (size, root) in [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ] {
        assert_eq!(hex(&root_of(&hashes[..size])), root, "size {size}");
    }
}

#[test]
fn every_proof_of_every_small_tree_is_the_defined_one_and_verifies() {
    let all = leaves(70);
    for size in 1..=all.len() {
        let tree = &all[..size];
        let top = naive_root(tree);
        let mut memory = InMemory { leaves: tree, asked: 0 };
        assert_eq!(now(root(&mut memory, size as u64)), top);
        for index in 0..size {
            let proof = now(inclusion_proof(&mut memory, index as u64, size as u64)).unwrap();
            assert_eq!(proof, naive_path(index, tree), "leaf {index} of {size}");
            assert!(verify_inclusion(&tree[index], index as u64, size as u64, &proof, &top));
        }
        for from in 1..=size {
            let proof = now(consistency_proof(&mut memory, from as u64, size as u64)).unwrap();
            assert_eq!(proof, naive_consistency(from, tree, true), "{from} to {size}");
            let old = naive_root(&tree[..from]);
            assert!(verify_consistency(from as u64, size as u64, &old, &top, &proof), "{from} to {size}");
        }
    }
}

#[test]
fn what_cannot_be_proven_has_no_proof() {
    let all = leaves(5);
    let mut memory = InMemory { leaves: &all, asked: 0 };
    assert_eq!(now(inclusion_proof(&mut memory, 5, 5)), None);
    assert_eq!(now(inclusion_proof(&mut memory, 0, 0)), None);
    assert_eq!(now(consistency_proof(&mut memory, 0, 5)), None);
    assert_eq!(now(consistency_proof(&mut memory, 5, 4)), None);
    assert!(!verify_consistency(0, 5, &empty_root(), &naive_root(&all), &[]));
}

#[test]
fn a_proof_in_a_large_tree_asks_for_few_subtrees() {
    struct Counting(usize);
    impl Subtrees for Counting {
        type Error = Infallible;
        async fn hashes(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, Infallible> {
            self.0 += nodes.len();
            Ok(vec![[0; 32]; nodes.len()])
        }
    }
    let mut counting = Counting(0);
    let size = 10_000_019;
    for index in [0, 1, 4_711_000, size - 2, size - 1] {
        counting.0 = 0;
        now(inclusion_proof(&mut counting, index, size));
        assert!(counting.0 <= 48, "{} for {index}", counting.0);
    }
    counting.0 = 0;
    now(consistency_proof(&mut counting, 1_234_567, size));
    assert!(counting.0 <= 48, "{}", counting.0);
}

/// How many cases are drawn; a million were, once, by `KAVACH_CASES=1000000`.
fn cases(usual: u32) -> u32 {
    std::env::var("KAVACH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(256), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_frontier_has_the_root_of_its_leaves_and_tells_of_every_subtree(count in 0usize..600, cut in 0usize..600) {
        let all = leaves(count);
        let cut = cut.min(count);
        let mut told = Vec::new();
        let mut frontier = Frontier::default();
        all.iter().for_each(|leaf| frontier.push(*leaf, |node, hash| told.push((node, *hash))));
        prop_assert_eq!(frontier.root(), naive_root(&all));
        prop_assert_eq!(frontier.size(), count as u64);
        let mut memory = InMemory { leaves: &all, asked: 0 };
        let nodes: Vec<Node> = told.iter().map(|(node, _)| *node).collect();
        let hashes: Vec<Hash> = told.into_iter().map(|(_, hash)| hash).collect();
        prop_assert_eq!(now(memory.hashes(&nodes)), hashes);
        // The same from the middle, with only the hashes of what came before.
        let edge = now(memory.hashes(&before(cut as u64)));
        let mut later = Frontier::after(cut as u64, edge).unwrap();
        all[cut..].iter().for_each(|leaf| later.push(*leaf, |_, _| {}));
        prop_assert_eq!(later.root(), naive_root(&all));
    }

    #[test]
    fn a_proof_that_was_touched_does_not_verify(
        size in 2usize..300, index in 0usize..300, from in 1usize..300, bit in 0usize..256, place in 0usize..16,
    ) {
        let (index, from) = (index % size, 1 + from % size);
        let tree = leaves(size);
        let top = naive_root(&tree);
        let old = naive_root(&tree[..from]);
        let (i, n, m) = (index as u64, size as u64, from as u64);
        let flip = |hash: &mut Hash| hash[bit / 8] ^= 1 << (bit % 8);
        let proof = naive_path(index, &tree);
        let mut touched = proof.clone();
        let place_in = place % touched.len();
        flip(&mut touched[place_in]);
        prop_assert!(!verify_inclusion(&tree[index], i, n, &touched, &top));
        prop_assert!(!verify_inclusion(&tree[index], (i + 1) % n, n, &proof, &top));
        prop_assert!(!verify_inclusion(&tree[index], i, n, &proof[1..], &top));
        let longer = [proof.clone(), vec![top]].concat();
        prop_assert!(!verify_inclusion(&tree[index], i, n, &longer, &top));
        let proof = naive_consistency(from, &tree, true);
        let mut other = old;
        flip(&mut other);
        prop_assert!(!verify_consistency(m, n, &other, &top, &proof));
        if !proof.is_empty() {
            let mut touched = proof.clone();
            let place_in = place % touched.len();
            flip(&mut touched[place_in]);
            prop_assert!(!verify_consistency(m, n, &old, &top, &touched));
            prop_assert!(!verify_consistency(m, n, &old, &top, &proof[1..]));
            let longer = [proof, vec![top]].concat();
            prop_assert!(!verify_consistency(m, n, &old, &top, &longer));
        }
    }
}
