//! What was not read, and why. A gap is a result: nothing is skipped silently.

use crate::locator::Locator;

/// Why something was not read. The names are those of the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Reason {
    Denied,
    Encrypted,
    WeakEncryption,
    Image,
    Limit,
    Malformed,
    Panicked,
    Crashed,
    NoRecords,
    Unreadable,
    Unsupported,
    Vanished,
    Changed,
    Special,
    Loop,
    Settling,
    Offline,
    Interrupted,
    Disabled,
    Excluded,
}

/// What a gap means for the question "is there data we did not see?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Could hold data and was not read: exit code 3.
    Blind,
    /// Strongly encrypted, and no key beside it.
    Protected,
    /// A recognised kind that holds no records.
    Inert,
    /// Left out because the user said so.
    Excluded,
}

/// One thing that was not read, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Which root, as an index into the run's roots.
    pub root: usize,
    /// Where, relative to the root.
    pub locator: Locator,
    /// Why.
    pub reason: Reason,
    /// What that means.
    pub class: Class,
    /// One clause for people: an operating-system error, a method, a limit. Never holds content of the document.
    pub detail: String,
    /// Bytes not read, where known.
    pub bytes: Option<u64>,
    /// Whether names of files or folders on the way to it hold values.
    pub path_holds_values: bool,
}

impl Reason {
    /// Every reason, in the order of the contract.
    pub const ALL: [Reason; 20] = [
        Reason::Denied,
        Reason::Encrypted,
        Reason::WeakEncryption,
        Reason::Image,
        Reason::Limit,
        Reason::Malformed,
        Reason::Panicked,
        Reason::Crashed,
        Reason::NoRecords,
        Reason::Unreadable,
        Reason::Unsupported,
        Reason::Vanished,
        Reason::Changed,
        Reason::Special,
        Reason::Loop,
        Reason::Settling,
        Reason::Offline,
        Reason::Interrupted,
        Reason::Disabled,
        Reason::Excluded,
    ];

    /// The name in reports and in `--allow-gaps`.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Denied => "denied",
            Reason::Encrypted => "encrypted",
            Reason::WeakEncryption => "weak-encryption",
            Reason::Image => "image",
            Reason::Limit => "limit",
            Reason::Malformed => "malformed",
            Reason::Panicked => "panicked",
            Reason::Crashed => "crashed",
            Reason::NoRecords => "no-records",
            Reason::Unreadable => "unreadable",
            Reason::Unsupported => "unsupported",
            Reason::Vanished => "vanished",
            Reason::Changed => "changed",
            Reason::Special => "special",
            Reason::Loop => "loop",
            Reason::Settling => "settling",
            Reason::Offline => "offline",
            Reason::Interrupted => "interrupted",
            Reason::Disabled => "disabled",
            Reason::Excluded => "excluded",
        }
    }

    /// The reason called `name`, if there is one.
    pub fn by_name(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// The class a gap of this reason has unless something is known that changes it.
    pub fn class(self) -> Class {
        match self {
            Reason::Encrypted => Class::Protected,
            Reason::NoRecords => Class::Inert,
            // A FIFO, socket or device holds no records at rest.
            Reason::Special => Class::Inert,
            Reason::Excluded => Class::Excluded,
            _ => Class::Blind,
        }
    }
}

impl Class {
    /// Every class, in the order of their numbers.
    pub const ALL: [Class; 4] = [Class::Blind, Class::Protected, Class::Inert, Class::Excluded];

    /// The class called `name`, if there is one.
    pub fn by_name(name: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.name() == name)
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Class::Blind => "blind",
            Class::Protected => "protected",
            Class::Inert => "inert",
            Class::Excluded => "excluded",
        }
    }
}

impl Gap {
    /// A gap of the class that goes with its reason.
    pub fn new(root: usize, locator: Locator, reason: Reason, detail: impl Into<String>) -> Gap {
        Gap {
            root,
            locator,
            reason,
            class: reason.class(),
            detail: detail.into(),
            bytes: None,
            path_holds_values: false,
        }
    }

    /// The same gap with the number of bytes not read.
    pub fn with_bytes(self, bytes: u64) -> Gap {
        Gap { bytes: Some(bytes), ..self }
    }
}
