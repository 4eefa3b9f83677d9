//! The words field names are made of. In and out: nothing; these are tables. Their sources are section 4.1 of the
//! identifier notes (column naming of HL7 and payers' files) and the layouts of CMS's Research Identifiable Files.

/// Abbreviations and what they are written out to. From the expansions of section 4.1 (HL7 and CMS column naming) and
/// the CMS Research Identifiable File layouts (`BENE_SRNM_NAME`, `BENE_GVN_NAME`). Sorted by abbreviation.
#[rustfmt::skip]
pub(super) const EXPANSIONS: &[(&str, &str)] = &[
    ("1st", "first"), ("acct", "account"), ("ad", "address"), ("addr", "address"), ("address1", "address 1"),
    ("address2", "address 2"), ("adr", "address"), ("bday", "birthday"), ("bene", "beneficiary"),
    ("benef", "beneficiary"), ("birthdate", "birth date"), ("birthdt", "birth date"), ("brth", "birth"),
    ("brthdt", "birth date"), ("bth", "birth"), ("byear", "birth year"), ("cd", "code"), ("cel", "cell"),
    ("cellphone", "cell phone"), ("clm", "claim"), ("clnt", "client"), ("crnt", "current"), ("cust", "customer"),
    ("dateofbirth", "date of birth"), ("dob", "dob"), ("dobdt", "dob date"), ("dt", "date"), ("dte", "date"),
    ("dtofbirth", "date of birth"), ("emailaddr", "email"), ("emailaddress", "email"), ("emerg", "emergency"),
    ("eml", "email"), ("emp", "employee"), ("empl", "employee"), ("firstname", "first name"), ("fn", "first name"),
    ("fname", "first name"), ("fon", "phone"), ("frst", "first"), ("fullname", "full name"), ("given", "first"),
    ("givenname", "first name"), ("groupno", "group number"), ("groupnumber", "group number"), ("grp", "group"),
    ("gtor", "guarantor"), ("guar", "guarantor"), ("gvn", "first"), ("homephone", "home phone"), ("ident", "id"),
    ("identifier", "id"), ("idn", "id"), ("ins", "insured"), ("lastname", "last name"), ("ln", "last name"),
    ("lname", "last name"), ("lst", "last"), ("mbr", "member"), ("mbrdob", "member dob"), ("mbrid", "member id"),
    ("mbrssn", "member ssn"), ("mdl", "middle"), ("medicalrecordnumber", "medical record number"),
    ("medrec", "medical record"), ("mem", "member"), ("memberid", "member id"), ("membername", "member name"),
    ("memdob", "member dob"), ("memid", "member id"), ("mi", "middle name"), ("mid", "middle"),
    ("middlename", "middle name"), ("midl", "middle"), ("mname", "middle name"), ("mob", "mobile"),
    ("mobilephone", "mobile phone"), ("mrno", "mrn"), ("nbr", "number"), ("nm", "name"), ("nmbr", "number"),
    ("nme", "name"), ("no", "number"), ("nok", "nextofkin"), ("nr", "number"), ("num", "number"), ("pat", "patient"),
    ("patdob", "patient dob"), ("patid", "patient id"), ("patientid", "patient id"), ("patientname", "patient name"),
    ("patname", "patient name"), ("patssn", "patient ssn"), ("ph", "phone"), ("phn", "phone"),
    ("phoneno", "phone number"), ("phonenum", "phone number"), ("phonenumber", "phone number"), ("phys", "physician"),
    ("physn", "physician"), ("pol", "policy"), ("postalcode", "postal code"), ("prsn", "person"),
    ("prvdr", "provider"), ("pt", "patient"), ("ptdob", "patient dob"), ("ptid", "patient id"),
    ("ptname", "patient name"), ("ptnt", "patient"), ("ptssn", "patient ssn"), ("rcip", "recipient"),
    ("rcp", "recipient"), ("rec", "record"), ("recip", "recipient"), ("sbr", "subscriber"), ("sec", "security"),
    ("sfx", "suffix"), ("soc", "social"), ("socsec", "social security"), ("srnm", "last"), ("srvc", "service"),
    ("ssno", "ssn"), ("ssnum", "ssn"), ("ssnumber", "ssn"), ("sub", "subscriber"), ("subdob", "subscriber dob"),
    ("subid", "subscriber id"), ("subs", "subscriber"), ("subscriberid", "subscriber id"), ("surname", "last name"),
    ("svc", "service"), ("tel", "phone"), ("tele", "phone"), ("telephone", "phone"), ("tm", "time"),
    ("workphone", "work phone"), ("zipcode", "zip code"),
];

/// Words of the patient's side: the person, or a relative or household member of the person.
#[rustfmt::skip]
pub(super) const PATIENT: &[&str] = &[
    "beneficiary", "bene", "dependent", "enrollee", "guarantor", "insured", "member", "nextofkin", "patient",
    "recipient", "resident", "responsible", "spouse", "subscriber", "sponsor",
];

/// Words for a person of whom the name does not tell whose side it is.
#[rustfmt::skip]
pub(super) const PERSON: &[&str] = &[
    "client", "consumer", "contact", "customer", "emergency", "person", "current", "demo",
];

/// Words of the provider's side.
#[rustfmt::skip]
pub(super) const PROVIDER: &[&str] = &[
    "attending", "billing", "blg", "clinic", "clinician", "doctor", "dr", "facility", "hospital", "npi", "operating",
    "org", "organization", "pcp", "pharmacist", "pharmacy", "physician", "practice", "practitioner", "prescriber",
    "prf", "provider", "referring", "rendering", "rfr", "rndrng", "supplier", "surgeon",
];

/// Words of the provider's side that own a datum, so that `practice address` is an address and nothing else.
#[rustfmt::skip]
pub(super) const PROVIDER_OWNERS: &[&str] = &[
    "attending", "clinic", "clinician", "doctor", "dr", "facility", "hospital", "office", "operating", "pcp",
    "pharmacist", "pharmacy", "physician", "practice", "practitioner", "prescriber", "provider", "referring",
    "rendering", "surgeon",
];

/// Words of the workforce's side.
#[rustfmt::skip]
pub(super) const WORKFORCE: &[&str] = &[
    "employee", "hire", "hired", "payroll", "salary", "staff", "termination", "worker",
];

/// Words beside a datum that make the field one about it (section 4.1, step 5).
#[rustfmt::skip]
pub(super) const CANCEL: &[&str] = &[
    "available", "changed", "check", "cnt", "confirmed", "count", "error", "exists", "flag", "flg", "format", "has",
    "ind", "indicator", "is", "len", "length", "mask", "missing", "opt", "present", "regex", "required", "source",
    "status", "sw", "typ", "type", "valid", "validated", "verified", "yn",
];

/// Words that say a field holds a datum's hash.
#[rustfmt::skip]
pub(super) const HASHED: &[&str] = &[
    "hash", "hashed", "hmac", "md5", "sha", "sha1", "sha256", "sha512", "digest",
];

/// Words that say a field holds a stand-in of a datum.
#[rustfmt::skip]
pub(super) const TOKENIZED: &[&str] = &[
    "enc", "encrypted", "pseudonym", "pseudonymized", "surrogate", "token", "tokenized", "cipher", "deid",
];

/// Words that say a field holds a masked datum.
#[rustfmt::skip]
pub(super) const MASKED: &[&str] = &[
    "masked", "redacted", "obfuscated",
];

/// Words of fields that hold ordinary numbers.
#[rustfmt::skip]
pub(super) const ORDINARY: &[&str] = &[
    "amount", "amt", "asset", "balance", "barcode", "batch", "bytes", "charge", "chrg", "cost", "count", "ein",
    "epoch", "fein", "fee", "freight", "gtin", "height", "index", "invoice", "inv", "isbn", "item", "lat", "latitude",
    "lon", "long", "longitude", "lng", "lot", "ndc", "offset", "order", "paid", "part", "pay", "pin", "pmt", "po",
    "price", "product", "purchase", "qty", "quantity", "rate", "routing", "row", "seq", "sequence", "serial", "ship",
    "shipment", "size", "sku", "timestamp", "total", "tracking", "trk", "upc", "version", "waybill", "weight",
];

/// Words of fields that hold dates of something else than a birth (section 6.4).
#[rustfmt::skip]
pub(super) const OTHER_DATES: &[&str] = &[
    "accident", "adj", "adjudication", "adm", "admission", "admit", "admsn", "appointment", "appt", "begin", "bgn",
    "check", "collected", "collection", "coverage", "cov", "covstart", "created", "death", "deceased", "disch",
    "discharge", "dispensed", "dod", "dos", "dschrg", "dx", "eff", "efctv", "effective", "elig", "encounter", "end",
    "enroll", "enrolled", "enrollment", "exp", "expiration", "expires", "expns", "fill", "filled", "from", "hire",
    "hired", "injury", "insrt", "issued", "lmp", "load", "loaded", "modified", "obslt", "onset", "order", "ordered",
    "paid", "payment", "posted", "prcdr", "printed", "proc", "procedure", "process", "processed", "received", "reg",
    "registration", "report", "reported", "result", "resulted", "run", "sent", "service", "signed", "srvc", "start",
    "stmt", "submitted", "surgery", "term", "terminated", "termination", "through", "thru", "trans", "updated",
    "updt", "visit", "written",
];

/// Words that field names are made of though people may be called so too (`Day`, `Page`, `Price`, `Street`).
#[rustfmt::skip]
pub(super) const PLAIN: &[&str] = &[
    "account", "active", "address", "age", "amount", "area", "balance", "birth", "branch", "category", "cell",
    "charge", "city", "claim", "code", "comment", "comments", "company", "cost", "country", "county", "date", "day",
    "department", "diagnosis", "dob", "dose", "drug", "email", "end", "ethnicity", "fax", "field", "file", "first",
    "gender", "group", "height", "home", "hour", "id", "key", "language", "last", "line", "location", "middle",
    "mobile", "month", "mrn", "name", "note", "notes", "npi", "number", "page", "paid", "phone", "place", "plan",
    "policy", "price", "procedure", "quantity", "race", "rate", "reason", "record", "result", "room", "service",
    "sex", "site", "social", "ssn", "start", "state", "status", "street", "time", "title", "total", "type", "unit",
    "user", "value", "visit", "week", "weight", "year", "zip",
];
