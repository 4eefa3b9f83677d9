//! The words field names are made of. In and out: nothing; these are tables. Their sources are section 4.1 of the
//! identifier notes (column naming of HL7 and payers' files) and the layouts of CMS's Research Identifiable Files.

/// Abbreviations and what they are written out to. From the expansions of section 4.1 (HL7 and CMS column naming) and
/// the CMS Research Identifiable File layouts (`BENE_SRNM_NAME`, `BENE_GVN_NAME`). Sorted by abbreviation.
#[rustfmt::skip]
pub(super) const EXPANSIONS: &[(&str, &str)] = &[
    ("1st", "first"), ("accountno", "account number"), ("accountnumber", "account number"), ("acct", "account"),
    ("acctnbr", "account number"), ("acctno", "account number"), ("acctnum", "account number"), ("ad", "address"),
    ("addr", "address"), ("address1", "address 1"), ("address2", "address 2"), ("admdate", "admit date"),
    ("admitdate", "admit date"), ("admitdt", "admit date"), ("adr", "address"), ("appt", "appointment"),
    ("bdate", "birth date"), ("bday", "birthday"), ("bdt", "birth date"), ("bene", "beneficiary"),
    ("benedob", "beneficiary dob"), ("benef", "beneficiary"), ("benembi", "beneficiary mbi"),
    ("benessn", "beneficiary ssn"), ("birthdat", "birth date"), ("birthdate", "birth date"),
    ("birthdt", "birth date"), ("birthdte", "birth date"), ("brth", "birth"), ("brthdat", "birth date"),
    ("brthdt", "birth date"), ("brthdte", "birth date"), ("bth", "birth"), ("bthdat", "birth date"),
    ("bthdate", "birth date"), ("bthdt", "birth date"), ("byear", "birth year"), ("cardholderid", "cardholder id"),
    ("cardno", "card number"), ("cardnum", "card number"), ("cardnumber", "card number"), ("ccnum", "card number"),
    ("cd", "code"), ("cel", "cell"), ("cellphone", "cell phone"), ("chartno", "chart number"),
    ("chartnum", "chart number"), ("claimid", "claim id"), ("claimno", "claim number"),
    ("claimnumber", "claim number"), ("clm", "claim"), ("clmid", "claim id"), ("clmno", "claim number"),
    ("clmnum", "claim number"), ("clnt", "client"), ("crnt", "current"), ("cust", "customer"),
    ("dateofbirth", "date of birth"), ("dateofdeath", "date of death"), ("dateofservice", "date of service"),
    ("deathdate", "death date"), ("deathdt", "death date"), ("disch", "discharge"),
    ("dischargedate", "discharge date"), ("dln", "driver license"), ("dlno", "driver license"),
    ("dlnum", "driver license"), ("dlnumber", "driver license"), ("dob", "dob"), ("dobdt", "dob date"),
    ("dodid", "dod id"), ("driverlicense", "driver license"), ("drivers", "driver"),
    ("driverslicense", "driver license"), ("drv", "driver"), ("dt", "date"), ("dte", "date"), ("dtm", "datetime"),
    ("dtofbirth", "date of birth"), ("dttm", "datetime"), ("emailaddr", "email"), ("emailaddress", "email"),
    ("emerg", "emergency"), ("eml", "email"), ("emp", "employee"), ("empl", "employee"), ("empssn", "employee ssn"),
    ("encounterid", "encounter id"), ("enrolleeid", "enrollee id"), ("facsimile", "fax"), ("faxno", "fax number"),
    ("faxnum", "fax number"), ("faxnumber", "fax number"), ("firstname", "first name"), ("firstnm", "first name"),
    ("fn", "first name"), ("fname", "first name"), ("fon", "phone"), ("frst", "first"), ("frstnm", "first name"),
    ("fstnm", "first name"), ("fullname", "full name"), ("given", "first"), ("givenname", "first name"),
    ("groupno", "group number"), ("groupnumber", "group number"), ("grp", "group"), ("gtor", "guarantor"),
    ("guar", "guarantor"), ("gvn", "first"), ("hicno", "hicn"), ("hicnum", "hicn"), ("homeaddress", "home address"),
    ("homephone", "home phone"), ("hosp", "hospital"), ("ident", "id"), ("identifier", "id"), ("idn", "id"),
    ("ins", "insured"), ("insid", "insured id"), ("insuredid", "insured id"), ("ipaddr", "ip address"),
    ("ipaddress", "ip address"), ("lastname", "last name"), ("lastnm", "last name"), ("lic", "license"),
    ("licence", "license"), ("ln", "last name"), ("lname", "last name"), ("lst", "last"), ("lstnm", "last name"),
    ("macaddr", "mac address"), ("macaddress", "mac address"), ("mbr", "member"), ("mbrdob", "member dob"),
    ("mbrid", "member id"), ("mbrno", "member number"), ("mbrnum", "member number"), ("mbrssn", "member ssn"),
    ("mcare", "medicare"), ("mdl", "middle"), ("medicaidid", "medicaid id"), ("medicaidno", "medicaid number"),
    ("medicaidnumber", "medicaid number"), ("medicalrecordnumber", "medical record number"),
    ("medicareid", "medicare id"), ("medicareno", "medicare number"), ("medicarenumber", "medicare number"),
    ("medrec", "medical record"), ("mem", "member"), ("memberdob", "member dob"), ("memberid", "member id"),
    ("membername", "member name"), ("memberno", "member number"), ("membernumber", "member number"),
    ("memberssn", "member ssn"), ("memdob", "member dob"), ("memid", "member id"), ("memno", "member number"),
    ("memnum", "member number"), ("mi", "middle name"), ("mid", "middle"), ("middlename", "middle name"),
    ("midl", "middle"), ("mname", "middle name"), ("mob", "mobile"), ("mobilephone", "mobile phone"),
    ("mrnbr", "mrn"), ("mrno", "mrn"), ("mrnum", "mrn"), ("mrnumber", "mrn"), ("nbr", "number"), ("nm", "name"),
    ("nmbr", "number"), ("nme", "name"), ("no", "number"), ("nok", "nextofkin"), ("npino", "npi"), ("npinum", "npi"),
    ("nr", "number"), ("num", "number"), ("passportno", "passport number"), ("passportnumber", "passport number"),
    ("pat", "patient"), ("patdob", "patient dob"), ("patid", "patient id"), ("patientdob", "patient dob"),
    ("patientid", "patient id"), ("patientname", "patient name"), ("patientno", "patient number"),
    ("patientnumber", "patient number"), ("patientssn", "patient ssn"), ("patname", "patient name"),
    ("patnbr", "patient number"), ("patno", "patient number"), ("patnum", "patient number"),
    ("patssn", "patient ssn"), ("ph", "phone"), ("phn", "phone"), ("phoneno", "phone number"),
    ("phonenum", "phone number"), ("phonenumber", "phone number"), ("phys", "physician"), ("physn", "physician"),
    ("pnum", "patient number"), ("pol", "policy"), ("postalcode", "postal code"), ("prsn", "person"),
    ("prvdr", "provider"), ("pt", "patient"), ("ptdob", "patient dob"), ("ptid", "patient id"),
    ("ptname", "patient name"), ("ptno", "patient number"), ("ptnt", "patient"), ("ptnum", "patient number"),
    ("ptnumber", "patient number"), ("ptssn", "patient ssn"), ("rcip", "recipient"), ("rcp", "recipient"),
    ("rec", "record"), ("recip", "recipient"), ("routingno", "routing number"), ("routingnumber", "routing number"),
    ("rxnbr", "rx number"), ("rxno", "rx number"), ("rxnumber", "rx number"), ("sbr", "subscriber"),
    ("sbscr", "subscriber"), ("sec", "security"), ("serialno", "serial number"), ("serialnumber", "serial number"),
    ("servicedate", "service date"), ("sfx", "suffix"), ("soc", "social"), ("socialsecurity", "social security"),
    ("socialsecuritynumber", "social security number"), ("socsec", "social security"), ("srnm", "last"),
    ("srvc", "service"), ("ssnbr", "ssn"), ("ssno", "ssn"), ("ssnum", "ssn"), ("ssnumber", "ssn"),
    ("streetaddress", "street address"), ("sub", "subscriber"), ("subdob", "subscriber dob"),
    ("subid", "subscriber id"), ("subno", "subscriber number"), ("subs", "subscriber"), ("subscr", "subscriber"),
    ("subscriberid", "subscriber id"), ("subscriberno", "subscriber number"), ("surname", "last name"),
    ("svc", "service"), ("svcdate", "service date"), ("svcdt", "service date"), ("tel", "phone"), ("tele", "phone"),
    ("telephone", "phone"), ("tm", "time"), ("vinno", "vin"), ("vinnumber", "vin"), ("visitdate", "visit date"),
    ("visitid", "visit id"), ("visitno", "visit number"), ("workphone", "work phone"), ("zipcode", "zip code"),
];

/// Words of the patient's side: the person, or a relative or household member of the person.
#[rustfmt::skip]
pub(super) const PATIENT: &[&str] = &[
    "beneficiary", "bene", "dependent", "enrollee", "guarantor", "insured", "member", "nextofkin", "patient",
    "recipient", "resident", "responsible", "spouse", "subscriber", "sponsor",
];

/// Words of these, and others, for somebody else than whom a record is about.
pub(super) const OTHERS: &[&str] =
    &["emergency", "father", "guarantor", "guardian", "kin", "mother", "nextofkin", "parent", "responsible", "spouse"];

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
    "amount", "amt", "apn", "asset", "balance", "barcode", "batch", "bytes", "charge", "chrg", "cost", "count", "ein",
    "epoch", "fein", "fee", "freight", "gtin", "height", "index", "invoice", "inv", "isbn", "item", "lat", "latitude",
    "lon", "long", "longitude", "lng", "lot", "ndc", "offset", "order", "paid", "parcel", "part", "pay", "pin", "pmt", "po",
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
