//! The Merkle tree of RFC 6962: hashes, roots, inclusion and consistency proofs.
//!
//! A proof is described here as a list of *ranges* of leaves, each standing for one hash. So a store
//! that keeps the log in a database fetches a few stored hashes for a proof instead of every leaf:
//! it splits each range with [`decompose`] into perfect subtrees, whose hashes never change once
//! their last leaf is there, and joins them with [`fold`].

use std::ops::Range;

use sha2::{Digest, Sha256};

/// A SHA-256 hash: of a leaf, of an inner node, or a root.
pub type Hash = [u8; 32];

/// The hash of a leaf with these bytes (RFC 6962 §2.1: prefix 0x00).
#[must_use]
pub fn leaf_hash(data: impl AsRef<[u8]>) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(data).finalize().into()
}

/// The hash of an inner node (RFC 6962 §2.1: prefix 0x01, so that no node passes for a leaf).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a log without leaves: the hash of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::new().finalize().into()
}

/// The root over all of these leaf hashes, in one pass and with a stack as high as the tree.
#[must_use]
pub fn root(leaf_hashes: &[Hash]) -> Hash {
    let mut stack: Vec<Hash> = Vec::new();
    for (index, leaf) in leaf_hashes.iter().enumerate() {
        let mut hash = *leaf;
        // Each trailing one of the index is a left sibling that waits for its right half.
        for _ in 0..index.trailing_ones() {
            if let Some(left) = stack.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        stack.push(hash);
    }
    fold(&stack)
}

/// A perfect subtree: it covers the leaves `index << level .. (index + 1) << level`.
/// Level 0 is a leaf. Its hash never changes once its last leaf is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subtree {
    pub level: u8,
    pub index: u64,
}

impl Subtree {
    /// The leaves that it covers.
    #[must_use]
    pub fn leaves(self) -> Range<u64> {
        self.index << self.level..(self.index + 1) << self.level
    }

    /// Its two halves, left and right; none for a leaf.
    #[must_use]
    pub fn halves(self) -> Option<(Self, Self)> {
        let level = self.level.checked_sub(1)?;
        Some((Self { level, index: self.index * 2 }, Self { level, index: self.index * 2 + 1 }))
    }
}

/// The perfect subtrees that are complete when the leaf with this index has been added, from the
/// leaf upward. A store saves one hash for each: on average two a leaf.
#[must_use]
pub fn completed_by(leaf_index: u64) -> Vec<Subtree> {
    let highest = leaf_index.trailing_ones().min(63) as u8;
    (0..=highest).map(|level| Subtree { level, index: leaf_index >> level }).collect()
}

/// Splits a range of leaves into perfect subtrees, from the left. [`fold`] of their hashes is the
/// range's hash.
///
/// The range is one that RFC 6962 uses: the whole log (`0..size`), or one of
/// [`inclusion_ranges`] or [`consistency_ranges`]. Any other range is split too, but its fold then
/// means nothing.
#[must_use]
pub fn decompose(range: Range<u64>) -> Vec<Subtree> {
    let mut subtrees = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let fits = 63 - (range.end - start).leading_zeros();
        let aligned = start.trailing_zeros().min(63);
        let level = fits.min(aligned) as u8;
        subtrees.push(Subtree { level, index: start >> level });
        start += 1 << level;
    }
    subtrees
}

/// Joins the hashes of a [`decompose`]d range from the right into the range's hash. Of no hashes
/// it is the root of the empty log.
#[must_use]
pub fn fold(hashes: &[Hash]) -> Hash {
    let mut from_the_right = hashes.iter().rev();
    let Some(last) = from_the_right.next() else { return empty_root() };
    from_the_right.fold(*last, |right, left| node_hash(left, &right))
}

/// The ranges whose hashes prove that leaf `index` is in the log of `size` leaves, from the leaf
/// upward (RFC 6962 §2.1.1). Empty when there is no such leaf.
#[must_use]
pub fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut from_the_root = Vec::new();
    if index >= size {
        return from_the_root;
    }
    let mut within = 0..size;
    while within.end - within.start > 1 {
        let middle = split(&within);
        if index < middle {
            from_the_root.push(middle..within.end);
            within.end = middle;
        } else {
            from_the_root.push(within.start..middle);
            within.start = middle;
        }
    }
    from_the_root.reverse();
    from_the_root
}

/// The ranges whose hashes prove that the log of `to` leaves only adds to the log of `from` leaves
/// (RFC 6962 §2.1.2). Empty when nothing needs proof (`from` is 0 or `to`) or can have one
/// (`from` is above `to`).
#[must_use]
pub fn consistency_ranges(from: u64, to: u64) -> Vec<Range<u64>> {
    let mut from_the_root = Vec::new();
    if from == 0 || from >= to {
        return from_the_root;
    }
    let mut within = 0..to;
    while within.end != from {
        let middle = split(&within);
        if from <= middle {
            from_the_root.push(middle..within.end);
            within.end = middle;
        } else {
            from_the_root.push(within.start..middle);
            within.start = middle;
        }
    }
    // The reader holds the old root: where it is itself that last subtree, it is not repeated.
    if within.start != 0 {
        from_the_root.push(within);
    }
    from_the_root.reverse();
    from_the_root
}

/// Where RFC 6962 divides a range of two leaves or more: after the largest power of two of leaves
/// that is smaller than the range.
fn split(range: &Range<u64>) -> u64 {
    let last = range.end - range.start - 1;
    range.start + (1 << (63 - last.leading_zeros()))
}

/// Whether `proof` shows that the leaf with this hash stands at `index` in the log of `size` leaves
/// with this root (RFC 9162 §2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf_hash: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut position, mut last) = (index, size - 1);
    let mut hash = *leaf_hash;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if position & 1 == 1 || position == last {
            hash = node_hash(sibling, &hash);
            // On the ragged right edge a node without a sibling rises unchanged.
            let levels_without_sibling = position.trailing_zeros();
            position >>= levels_without_sibling;
            last >>= levels_without_sibling;
        } else {
            hash = node_hash(&hash, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the log of `to` leaves with `to_root` begins with the whole log of
/// `from` leaves with `from_root` (RFC 9162 §2.1.4.2).
#[must_use]
pub fn verify_consistency(from: u64, to: u64, from_root: &Hash, to_root: &Hash, proof: &[Hash]) -> bool {
    if from > to {
        return false;
    }
    if from == to {
        return proof.is_empty() && from_root == to_root;
    }
    if from == 0 {
        return proof.is_empty() && *from_root == empty_root();
    }
    let mut rest = proof.iter();
    let first = if from.is_power_of_two() { Some(from_root) } else { rest.next() };
    let Some(first) = first else { return false };

    // Up to the lowest subtree that ends where the old log ends.
    let levels = (from - 1).trailing_ones();
    let (mut position, mut last) = ((from - 1) >> levels, (to - 1) >> levels);
    let (mut old, mut new) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if position & 1 == 1 || position == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            let levels_without_sibling = position.trailing_zeros();
            position >>= levels_without_sibling;
            last >>= levels_without_sibling;
        } else {
            new = node_hash(&new, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    last == 0 && old == *from_root && new == *to_root
}

#[cfg(test)]
mod tests;
