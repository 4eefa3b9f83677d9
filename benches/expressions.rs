//! What the shapes of `shapes.rs` are as regular expressions. Out: one alternation for five of them, one for all pictures.

/// The five shapes as one alternation: the same counts on the data of `data.rs`.
pub(crate) const FIVE_REGEX: &str = concat!(
    r"(?-u)\b(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{8,10}|[0-9]{4}-[0-9]{2}-[0-9]{2}",
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9][A-Za-z][0-9A-Za-z][0-9][A-Za-z][0-9A-Za-z][0-9][A-Za-z]{2}[0-9]{2})\b"
);

/// The pictures of `ALL` as one alternation; the named shapes are left out, and so is most of what "stands alone"
/// means. To compare times, not counts.
pub(crate) const ALL_REGEX: &str = concat!(
    r"(?-u)\b(?:[0-9]{8,11}(?:[A-Za-z][A-Za-z0-9]?)?|[0-9]{3}[- .][0-9]{2}[- .][0-9]{4}(?:-?[A-Za-z])?",
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2})?|[0-9]{4}/[0-9]{2}/[0-9]{2}",
    r"|[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}|[0-9]{1,2}-[A-Za-z]{3}-[0-9]{2,4}",
    r"|[0-9]{2}[A-Za-z]{3}[0-9]{4}|[A-Za-z]{3,9} [0-9]{1,2}, [0-9]{4}|[0-9]{1,2} [A-Za-z]{3,9} [0-9]{4}",
    r"|[0-9][A-Za-z][0-9A-Za-z][0-9]-?[A-Za-z][0-9A-Za-z][0-9]-?[A-Za-z]{2}[0-9]{2}",
    r"|(?:1-)?[0-9]{3}[- .][0-9]{3}[- .][0-9]{4}|[A-Za-z]{2} [0-9]{5}(?:-[0-9]{4})?|[A-Za-z]{2,20}\^[A-Za-z]{2,20})\b",
    r"|(?:\*\*\*-\*\*-|XXX-XX-|xxx-xx-|###-##-|\*{5}|X{5})[0-9]{4}\b|\([0-9]{3}\) ?[0-9]{3}-[0-9]{4}\b|\+1[0-9]{10}\b"
);
