//! The words field names are made of. In and out: nothing; these are tables. Their sources are section 4.1 of the
//! identifier notes (column naming of HL7 and payers' files) and the layouts of CMS's Research Identifiable Files.

/// Abbreviations and what they are written out to. From the expansions of section 4.1 (HL7 and CMS column naming) and
/// the CMS Research Identifiable File layouts (`BENE_SRNM_NAME`, `BENE_GVN_NAME`). Sorted by abbreviation.
#[rustfmt::skip]
pub(super) const EXPANSIONS: &[(&str, &str)] = &[
    ("1st", "first"), ("accountno", "account number"), ("accountnumber", "account number"), ("acct", "account"),
    ("acctid", "account id"), ("acctnbr", "account number"), ("acctno", "account number"),
    ("acctnum", "account number"), ("acctnumber", "account number"), ("ad", "address"), ("addr", "address"),
    ("address1", "address 1"), ("address2", "address 2"), ("addressline", "address line"), ("admdate", "admit date"),
    ("admitdate", "admit date"), ("admitdt", "admit date"), ("adr", "address"), ("appt", "appointment"),
    ("apptdate", "appointment date"), ("apptdt", "appointment date"), ("bdate", "birth date"), ("bday", "birthday"),
    ("bdt", "birth date"), ("bene", "beneficiary"), ("benedob", "beneficiary dob"), ("benef", "beneficiary"),
    ("beneficiarys", "beneficiary"), ("benembi", "beneficiary mbi"), ("benessn", "beneficiary ssn"),
    ("birthdat", "birth date"), ("birthdate", "birth date"), ("birthdt", "birth date"), ("birthdte", "birth date"),
    ("birthdy", "birthday"), ("brth", "birth"), ("brthdat", "birth date"), ("brthdt", "birth date"),
    ("brthdte", "birth date"), ("bth", "birth"), ("bthdat", "birth date"), ("bthdate", "birth date"),
    ("bthdt", "birth date"), ("byear", "birth year"), ("cardhldr", "cardholder"), ("cardholderid", "cardholder id"),
    ("cardno", "card number"), ("cardnum", "card number"), ("cardnumber", "card number"), ("ccnum", "card number"),
    ("cd", "code"), ("cel", "cell"), ("cellno", "cell number"), ("cellnum", "cell number"),
    ("cellnumber", "cell number"), ("cellphone", "cell phone"), ("chartid", "chart id"), ("chartnbr", "chart number"),
    ("chartno", "chart number"), ("chartnum", "chart number"), ("claimid", "claim id"), ("claimnbr", "claim number"),
    ("claimno", "claim number"), ("claimnum", "claim number"), ("claimnumber", "claim number"), ("clm", "claim"),
    ("clmid", "claim id"), ("clmnbr", "claim number"), ("clmno", "claim number"), ("clmnum", "claim number"),
    ("clnt", "client"), ("cntl", "control"), ("coll", "collection"), ("colldt", "collection date"),
    ("crdhldr", "cardholder"), ("crnt", "current"), ("ctl", "control"), ("ctrl", "control"), ("cust", "customer"),
    ("dateofbirth", "date of birth"), ("dateofdeath", "date of death"), ("dateofservice", "date of service"),
    ("deano", "dea number"), ("deanum", "dea number"), ("deathdate", "death date"), ("deathdt", "death date"),
    ("dependant", "dependent"), ("dependants", "dependent"), ("dependents", "dependent"), ("disch", "discharge"),
    ("dischargedate", "discharge date"), ("dischdate", "discharge date"), ("dischdt", "discharge date"),
    ("disp", "dispense"), ("dln", "driver license"), ("dlno", "driver license"), ("dlnum", "driver license"),
    ("dlnumber", "driver license"), ("dob", "dob"), ("dobdt", "dob date"), ("doctorname", "doctor name"),
    ("dodid", "dod id"), ("dosfrom", "dos from"), ("dosto", "dos to"), ("driverlicense", "driver license"),
    ("drivers", "driver"), ("driverslicense", "driver license"), ("drv", "driver"), ("dspns", "dispense"),
    ("dt", "date"), ("dtbirth", "date birth"), ("dte", "date"), ("dtm", "datetime"), ("dtofbirth", "date of birth"),
    ("dttm", "datetime"), ("ee", "employee"), ("emailaddr", "email"), ("emailaddress", "email"),
    ("emerg", "emergency"), ("eml", "email"), ("emp", "employee"), ("empl", "employee"), ("empssn", "employee ssn"),
    ("encid", "encounter id"), ("encntr", "encounter"), ("encounterid", "encounter id"),
    ("encounterno", "encounter number"), ("encounternumber", "encounter number"), ("encountr", "encounter"),
    ("enctr", "encounter"), ("enrlee", "enrollee"), ("enrolleeid", "enrollee id"), ("enrolleeno", "enrollee number"),
    ("facsimile", "fax"), ("faxno", "fax number"), ("faxnum", "fax number"), ("faxnumber", "fax number"),
    ("firstname", "first name"), ("firstnames", "first name"), ("firstnm", "first name"), ("fn", "first name"),
    ("fname", "first name"), ("fnm", "first name"), ("fon", "phone"), ("frst", "first"), ("frstname", "first name"),
    ("frstnm", "first name"), ("fst", "first"), ("fstnm", "first name"), ("fullname", "full name"),
    ("fullnm", "full name"), ("given", "first"), ("givenname", "first name"), ("groupid", "group id"),
    ("groupno", "group number"), ("groupnum", "group number"), ("groupnumber", "group number"), ("grp", "group"),
    ("grpid", "group id"), ("grpnbr", "group number"), ("grpno", "group number"), ("grpnum", "group number"),
    ("gtor", "guarantor"), ("guar", "guarantor"), ("guarantors", "guarantor"), ("gvn", "first"), ("hicno", "hicn"),
    ("hicnum", "hicn"), ("hmphone", "home phone"), ("homeaddr", "home address"), ("homeaddress", "home address"),
    ("homeph", "home phone"), ("homephone", "home phone"), ("hosp", "hospital"), ("hospno", "hospital number"),
    ("ident", "id"), ("identifier", "id"), ("idn", "id"), ("idnbr", "id number"), ("idno", "id number"),
    ("idnum", "id number"), ("ins", "insured"), ("insd", "insured"), ("insid", "insured id"),
    ("insname", "insured name"), ("insrd", "insured"), ("insuranceid", "insurance id"),
    ("insuranceno", "insurance number"), ("insuredid", "insured id"), ("insureds", "insured"),
    ("ipaddr", "ip address"), ("ipaddress", "ip address"), ("lastname", "last name"), ("lastnames", "last name"),
    ("lastnm", "last name"), ("lic", "license"), ("licence", "license"), ("ln", "last name"), ("lname", "last name"),
    ("lnm", "last name"), ("lst", "last"), ("lstname", "last name"), ("lstnm", "last name"),
    ("macaddr", "mac address"), ("macaddress", "mac address"), ("mailaddr", "mail address"),
    ("mailingaddress", "mailing address"), ("mbinbr", "mbi number"), ("mbino", "mbi number"),
    ("mbinum", "mbi number"), ("mbr", "member"), ("mbrbirthdt", "member birth date"), ("mbrdob", "member dob"),
    ("mbrfname", "member first name"), ("mbrid", "member id"), ("mbrlname", "member last name"),
    ("mbrname", "member name"), ("mbrnm", "member name"), ("mbrno", "member number"), ("mbrnum", "member number"),
    ("mbrssn", "member ssn"), ("mcare", "medicare"), ("mdl", "middle"), ("medicaidid", "medicaid id"),
    ("medicaidno", "medicaid number"), ("medicaidnumber", "medicaid number"),
    ("medicalrecordnumber", "medical record number"), ("medicareid", "medicare id"),
    ("medicarenbr", "medicare number"), ("medicareno", "medicare number"), ("medicarenumber", "medicare number"),
    ("medrec", "medical record"), ("medrecnbr", "medical record number"), ("medrecno", "medical record number"),
    ("medrecnum", "medical record number"), ("mem", "member"), ("memberbirthdate", "member birth date"),
    ("memberdob", "member dob"), ("memberfirstname", "member first name"), ("memberid", "member id"),
    ("memberlastname", "member last name"), ("membername", "member name"), ("membernbr", "member number"),
    ("memberno", "member number"), ("membernum", "member number"), ("membernumber", "member number"),
    ("members", "member"), ("memberssn", "member ssn"), ("memdob", "member dob"), ("memid", "member id"),
    ("memname", "member name"), ("memno", "member number"), ("memnum", "member number"), ("mi", "middle name"),
    ("mid", "middle"), ("middleinitial", "middle initial"), ("middlename", "middle name"), ("midl", "middle"),
    ("mname", "middle name"), ("mob", "mobile"), ("mobileno", "mobile number"), ("mobilenum", "mobile number"),
    ("mobilenumber", "mobile number"), ("mobilephone", "mobile phone"), ("mrnbr", "mrn"), ("mrno", "mrn"),
    ("mrnum", "mrn"), ("mrnumber", "mrn"), ("natl", "national"), ("nbr", "number"), ("nm", "name"),
    ("nmbr", "number"), ("nme", "name"), ("no", "number"), ("nok", "nextofkin"), ("npinbr", "npi number"),
    ("npino", "npi"), ("npinum", "npi"), ("nr", "number"), ("num", "number"), ("numero", "number"), ("núm", "number"),
    ("número", "number"), ("passportno", "passport number"), ("passportnumber", "passport number"),
    ("pat", "patient"), ("patacct", "patient account"), ("patacctno", "patient account number"),
    ("patbirthdate", "patient birth date"), ("patbirthdt", "patient birth date"), ("patdob", "patient dob"),
    ("patfirst", "patient first name"), ("patfname", "patient first name"), ("patid", "patient id"),
    ("patientaccount", "patient account"), ("patientbirthdate", "patient birth date"), ("patientdob", "patient dob"),
    ("patientfirstname", "patient first name"), ("patientid", "patient id"), ("patientlastname", "patient last name"),
    ("patientmrn", "patient mrn"), ("patientname", "patient name"), ("patientno", "patient number"),
    ("patientnumber", "patient number"), ("patients", "patient"), ("patientssn", "patient ssn"),
    ("patlast", "patient last name"), ("patlname", "patient last name"), ("patmrn", "patient mrn"),
    ("patname", "patient name"), ("patnbr", "patient number"), ("patnm", "patient name"), ("patno", "patient number"),
    ("patnum", "patient number"), ("patssn", "patient ssn"), ("pcpname", "pcp name"), ("perf", "performed"),
    ("perm", "permanent"), ("pfname", "patient first name"), ("ph", "phone"), ("phn", "phone"), ("phno", "phone number"), ("phoneno", "phone number"),
    ("phonenum", "phone number"), ("phonenumber", "phone number"), ("phys", "physician"), ("physn", "physician"),
    ("plname", "patient last name"), ("pnum", "patient number"), ("pol", "policy"), ("polhldr", "policyholder"), ("policyhldr", "policyholder"),
    ("policyid", "policy id"), ("policynbr", "policy number"), ("policyno", "policy number"),
    ("policynum", "policy number"), ("polnbr", "policy number"), ("polno", "policy number"),
    ("polnum", "policy number"), ("postalcode", "postal code"), ("providername", "provider name"), ("prsn", "person"),
    ("prvdr", "provider"), ("pt", "patient"), ("ptacct", "patient account"), ("ptacctno", "patient account number"),
    ("ptbirthdate", "patient birth date"), ("ptdob", "patient dob"), ("ptfirst", "patient first name"),
    ("ptfname", "patient first name"), ("ptid", "patient id"), ("ptlast", "patient last name"),
    ("ptlname", "patient last name"), ("ptmrn", "patient mrn"), ("ptname", "patient name"), ("ptnm", "patient name"),
    ("ptno", "patient number"), ("ptnt", "patient"), ("ptnum", "patient number"), ("ptnumber", "patient number"),
    ("ptssn", "patient ssn"), ("pzip", "patient zip"), ("rcip", "recipient"), ("rcp", "recipient"), ("rcrd", "record"), ("rec", "record"),
    ("recip", "recipient"), ("rfrl", "referral"), ("routingno", "routing number"),
    ("routingnumber", "routing number"), ("rslt", "result"), ("rxid", "rx id"), ("rxnbr", "rx number"),
    ("rxno", "rx number"), ("rxnumber", "rx number"), ("sbr", "subscriber"), ("sbscr", "subscriber"),
    ("sec", "security"), ("serialno", "serial number"), ("serialnumber", "serial number"),
    ("servicedate", "service date"), ("servicedt", "service date"), ("sfx", "suffix"), ("soc", "social"),
    ("socialsecurity", "social security"), ("socialsecuritynumber", "social security number"),
    ("socsec", "social security"), ("socsecnbr", "social security number"), ("socsecno", "social security number"),
    ("socsecnum", "social security number"), ("srnm", "last"), ("srvc", "service"), ("ssnbr", "ssn"),
    ("ssnlast", "ssn last"), ("ssno", "ssn"), ("ssnum", "ssn"), ("ssnumber", "ssn"), ("streetaddr", "street address"),
    ("streetaddress", "street address"), ("sub", "subscriber"), ("subdob", "subscriber dob"),
    ("subid", "subscriber id"), ("subname", "subscriber name"), ("subno", "subscriber number"),
    ("subs", "subscriber"), ("subsc", "subscriber"), ("subscbr", "subscriber"), ("subscid", "subscriber id"),
    ("subscnum", "subscriber number"), ("subscr", "subscriber"), ("subscriberid", "subscriber id"),
    ("subscriberno", "subscriber number"), ("subscribernumber", "subscriber number"), ("subscribers", "subscriber"),
    ("subscrid", "subscriber id"), ("surname", "last name"), ("surnm", "last name"), ("svc", "service"),
    ("svcdate", "service date"), ("svcdt", "service date"), ("svcfrom", "svc from"), ("svcs", "service"),
    ("tel", "phone"), ("tele", "phone"), ("telephone", "phone"), ("telephoneno", "phone number"),
    ("telephonenumber", "phone number"), ("telno", "phone number"), ("telnum", "phone number"), ("tm", "time"),
    ("vinno", "vin"), ("vinnumber", "vin"), ("visitdate", "visit date"), ("visitdt", "visit date"),
    ("visitid", "visit id"), ("visitno", "visit number"), ("visitnum", "visit number"), ("wkphone", "work phone"),
    ("workph", "work phone"), ("workphone", "work phone"), ("zipcd", "zip code"), ("zipcode", "zip code"),
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
    "adjuster", "agent", "attending", "billing", "blg", "clinic", "clinician", "coord", "coordinator", "doctor", "dr",
    "facility", "faculty", "hospital", "instructor", "npi", "operating", "org", "organization", "pcp", "pharmacist", "pharmacy", "physician", "practice", "practitioner", "prescriber",
    "prf", "professor", "provider", "realtor", "referring", "rendering", "rfr", "rndrng", "supplier", "surgeon", "teacher",
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
    "account", "active", "address", "age", "amount", "area", "balance", "birth", "born", "branch", "category", "cell",
    "charge", "city", "claim", "code", "comment", "comments", "company", "cost", "country", "county", "date", "day",
    "department", "diagnosis", "dob", "dose", "drug", "email", "end", "ethnicity", "fax", "field", "file", "first",
    "gender", "group", "height", "home", "hour", "id", "key", "language", "last", "line", "location", "middle",
    "mobile", "month", "mrn", "name", "note", "notes", "npi", "number", "page", "paid", "phone", "place", "plan",
    "policy", "price", "procedure", "quantity", "race", "rate", "reason", "record", "result", "room", "service",
    "sex", "site", "social", "ssn", "start", "state", "status", "street", "time", "title", "total", "type", "unit",
    "user", "value", "visit", "week", "weight", "year", "zip",
];
