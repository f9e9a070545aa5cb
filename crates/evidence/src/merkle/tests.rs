//! RFC 6962's usual vectors, its recursive definitions, and properties of every proof.

use proptest::prelude::*;

use super::*;

/// The eight leaves that implementations of RFC 6962 are tested with.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

fn hex(hash: Hash) -> String {
    base16ct::lower::encode_string(&hash)
}

fn usual_leaves() -> Vec<Hash> {
    LEAVES.iter().map(leaf_hash).collect()
}

/// Made-up leaves, all different.
fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|index| leaf_hash(index.to_be_bytes())).collect()
}

/// MTH as RFC 6962 §2.1 defines it, recursively: what the quick ways are held against.
fn defined_root(leaf_hashes: &[Hash]) -> Hash {
    match leaf_hashes {
        [] => empty_root(),
        [leaf] => *leaf,
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            node_hash(&defined_root(left), &defined_root(right))
        }
    }
}

fn hashes_of(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Vec<Hash> {
    ranges.into_iter().map(|range| defined_root(&leaves[range.start as usize..range.end as usize])).collect()
}

fn inclusion_proof(leaves: &[Hash], index: u64) -> Vec<Hash> {
    hashes_of(leaves, inclusion_ranges(index, leaves.len() as u64))
}

fn consistency_proof(leaves: &[Hash], from: u64) -> Vec<Hash> {
    hashes_of(leaves, consistency_ranges(from, leaves.len() as u64))
}

#[test]
fn the_empty_log_has_the_hash_of_nothing_as_its_root() {
    assert_eq!(hex(root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn the_roots_over_the_usual_leaves_are_those_of_rfc_6962_implementations() {
    let leaves = usual_leaves();
    let roots: Vec<String> = (1..=8).map(|size| hex(root(&leaves[..size]))).collect();
    assert_eq!(
        roots,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
    );
}

#[test]
fn an_inclusion_proof_over_the_usual_leaves_is_the_usual_one() {
    let proof: Vec<String> = inclusion_proof(&usual_leaves(), 5).into_iter().map(hex).collect();
    assert_eq!(
        proof,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn a_consistency_proof_over_the_usual_leaves_is_the_usual_one() {
    let proof: Vec<String> = consistency_proof(&usual_leaves(), 6).into_iter().map(hex).collect();
    assert_eq!(
        proof,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn every_inclusion_proof_of_every_small_log_verifies() {
    for size in 1..=70 {
        let leaves = leaves(size);
        let root = root(&leaves);
        for index in 0..size {
            let proof = inclusion_proof(&leaves, index);
            assert!(
                verify_inclusion(&leaves[index as usize], index, size, &proof, &root),
                "leaf {index} of {size}"
            );
        }
    }
}

#[test]
fn every_consistency_proof_between_small_logs_verifies() {
    for to in 0..=70 {
        let leaves = leaves(to);
        for from in 0..=to {
            let proof = consistency_proof(&leaves, from);
            let from_root = root(&leaves[..from as usize]);
            assert!(verify_consistency(from, to, &from_root, &root(&leaves), &proof), "{from} to {to}");
        }
    }
}

#[test]
fn a_proof_for_another_index_fails() {
    let leaves = leaves(21);
    let root = root(&leaves);
    let proof = inclusion_proof(&leaves, 13);
    for index in (0..25).filter(|index| *index != 13) {
        assert!(!verify_inclusion(&leaves[13], index, 21, &proof, &root), "at index {index}");
    }
}

#[test]
fn a_log_that_shrank_has_no_consistency_proof() {
    let leaves = leaves(9);
    assert!(!verify_consistency(9, 7, &root(&leaves), &root(&leaves[..7]), &[]));
    assert!(consistency_ranges(9, 7).is_empty());
}

#[test]
fn a_leaf_outside_the_log_has_no_proof() {
    let leaves = leaves(4);
    assert!(inclusion_ranges(4, 4).is_empty());
    assert!(!verify_inclusion(&leaves[3], 4, 4, &[], &root(&leaves)));
    assert!(!verify_inclusion(&leaves[0], 0, 0, &[], &empty_root()));
}

#[test]
fn each_added_leaf_completes_exactly_the_subtrees_that_end_with_it() {
    assert_eq!(completed_by(0), [Subtree { level: 0, index: 0 }]);
    let ends: Vec<Subtree> = completed_by(11);
    assert_eq!(
        ends,
        [Subtree { level: 0, index: 11 }, Subtree { level: 1, index: 5 }, Subtree { level: 2, index: 2 }]
    );
    assert!(ends.iter().all(|subtree| subtree.leaves().end == 12));
}

#[test]
fn a_proof_in_a_log_of_a_billion_leaves_needs_few_stored_hashes() {
    let stored: usize =
        inclusion_ranges(123_456_789, 1_000_000_000).into_iter().map(|r| decompose(r).len()).sum();
    assert!(stored < 60, "{stored} hashes");
}

#[test]
fn lengths_at_the_end_of_the_number_range_neither_panic_nor_verify() {
    let hash = leaf_hash("x");
    assert!(!verify_inclusion(&hash, u64::MAX - 1, u64::MAX, &[hash; 70], &hash));
    assert!(!verify_consistency(u64::MAX - 1, u64::MAX, &hash, &hash, &[hash; 70]));
    assert!(!verify_consistency(1 << 63, u64::MAX, &hash, &hash, &[hash; 70]));
}

/// Flips one bit of one of these hashes.
fn flip(hashes: &mut [&mut Hash], which: prop::sample::Index, bit: u8) {
    let hash = &mut hashes[which.index(hashes.len())];
    hash[usize::from(bit / 8)] ^= 1 << (bit % 8);
}

proptest! {
    #[test]
    fn the_quick_root_is_the_defined_one(size in 0u64..600) {
        let leaves = leaves(size);
        prop_assert_eq!(root(&leaves), defined_root(&leaves));
    }

    #[test]
    fn ranges_fold_from_stored_subtrees_to_the_defined_hash((index, size) in (1u64..600).prop_flat_map(|size| (0..size, Just(size)))) {
        let leaves = leaves(size);
        let hash_of = |range: Range<u64>| defined_root(&leaves[range.start as usize..range.end as usize]);
        let mut ranges = inclusion_ranges(index, size);
        ranges.extend(consistency_ranges(index + 1, size));
        ranges.push(0..size);
        for range in ranges {
            let subtrees = decompose(range.clone());
            prop_assert_eq!(subtrees.iter().map(|subtree| subtree.leaves().end - subtree.leaves().start).sum::<u64>(), range.end - range.start);
            let hashes: Vec<Hash> = subtrees.iter().map(|subtree| hash_of(subtree.leaves())).collect();
            prop_assert_eq!(fold(&hashes), hash_of(range));
        }
    }

    #[test]
    fn an_inclusion_proof_with_any_bit_changed_fails(
        (index, size) in (1u64..600).prop_flat_map(|size| (0..size, Just(size))),
        which: prop::sample::Index,
        bit: u8,
    ) {
        let leaves = leaves(size);
        let (mut leaf, mut root) = (leaves[index as usize], root(&leaves));
        let mut proof = inclusion_proof(&leaves, index);
        prop_assert!(verify_inclusion(&leaf, index, size, &proof, &root));

        let mut parts: Vec<&mut Hash> = proof.iter_mut().chain([&mut leaf, &mut root]).collect();
        flip(&mut parts, which, bit);
        prop_assert!(!verify_inclusion(&leaf, index, size, &proof, &root));
    }

    #[test]
    fn a_consistency_proof_with_any_bit_changed_fails(
        (from, to) in (1u64..600).prop_flat_map(|to| (1..=to, Just(to))),
        which: prop::sample::Index,
        bit: u8,
    ) {
        let leaves = leaves(to);
        let (mut from_root, mut to_root) = (root(&leaves[..from as usize]), root(&leaves));
        let mut proof = consistency_proof(&leaves, from);
        prop_assert!(verify_consistency(from, to, &from_root, &to_root, &proof));

        let mut parts: Vec<&mut Hash> = proof.iter_mut().chain([&mut from_root, &mut to_root]).collect();
        flip(&mut parts, which, bit);
        prop_assert!(!verify_consistency(from, to, &from_root, &to_root, &proof));
    }

    #[test]
    fn a_proof_with_a_hash_too_many_or_too_few_fails((index, size) in (2u64..600).prop_flat_map(|size| (0..size, Just(size)))) {
        let leaves = leaves(size);
        let root = root(&leaves);
        let mut proof = inclusion_proof(&leaves, index);
        proof.push(leaf_hash("one more"));
        prop_assert!(!verify_inclusion(&leaves[index as usize], index, size, &proof, &root));
        proof.truncate(proof.len() - 2);
        prop_assert!(!verify_inclusion(&leaves[index as usize], index, size, &proof, &root));
    }
}
