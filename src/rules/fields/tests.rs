//! Names of fields as files in the wild have them.

use super::*;

use crate::rules::load_built_in;

/// The identifiers a name speaks for, in order of rule, `?` behind weak ones.
fn speaks_for(rules: &RuleSet, name: &str) -> String {
    let name = FieldName::parse(name);
    let mut found: Vec<String> = rules
        .field_rules(&name)
        .iter()
        .map(|m| format!("{}{}", rules.rules[m.rule].identifier, if m.weak { "?" } else { "" }))
        .collect();
    found.sort();
    found.dedup();
    found.join(" ")
}

#[test]
fn names_are_taken_apart() {
    assert!(EXPANSIONS.is_sorted(), "they are searched by halving");
    for (name, tokens) in [
        ("BENE_BRTH_DT", "beneficiary birth date"),
        ("memberId", "member id"),
        ("SSNNumber", "ssn number"),
        ("SSN#", "ssn number"),
        ("Soc Sec No", "social security number"),
        ("sec_no", "sec number"),
        ("mem", "mem"),
        ("mem_id", "member id"),
        ("BENE_SRNM_NAME", "beneficiary last name"),
        ("BENE_1ST_NAME", "beneficiary first name"),
        ("LName", "last name"),
        ("Pt Name", "patient name"),
        ("Phone (Home)", "phone home"),
        ("e-mail", "email"),
        ("addr1", "address 1"),
        ("GEO_ZIP5_CD", "geo zip 5 code"),
        ("Insured's ID", "insured id"),
        ("", ""),
    ] {
        assert_eq!(FieldName::parse(name).tokens.join(" "), tokens, "{name}");
    }
}

#[test]
fn names_speak_for_their_identifier() {
    let rules = load_built_in().unwrap();
    for (name, expected) in [
        ("PT_SSN_NBR", "ssn"),
        ("patient_social_security_number", "ssn"),
        ("Hosp No", "mrn"),
        ("PATNO", "mrn"),
        ("person_source_value", "mrn"),
        ("SBSCR_ID", "member-id"),
        ("MEMBERNO", "member-id"),
        ("BIRTH_DTTM", "birth-date"),
        ("BRTHDTE", "birth-date"),
        ("National Provider Identifier", "npi"),
        ("Provider Business Mailing Address Telephone Number", "phone"),
        ("MAIL_ADDR_1", "address"),
        ("BENE_BIRTH_DT", "birth-date"),
        ("BENE_BRTH_DT", "birth-date"),
        ("DOB", "birth-date"),
        ("DOB_DT", "birth-date"),
        ("date_of_birth", "birth-date"),
        ("patient.birthDate", "birth-date"),
        ("Birthdate", "birth-date"),
        ("BENE_CRNT_HIC_NUM", "hicn"),
        ("hicn", "hicn"),
        ("MBI_NUM", "mbi"),
        ("BENE_MBI_ID", "mbi"),
        ("Medicare ID", "mbi"),
        ("BENE_SRNM_NAME", "name"),
        ("BENE_GVN_NAME", "name"),
        ("BENE_1ST_NAME", "name"),
        ("BENE_LAST_NAME", "name"),
        ("BENE_MIDL_NAME", "name"),
        ("BENE_MDL_NAME", "name"),
        ("patientName", "name"),
        ("last_name", "name"),
        ("LName", "name"),
        ("fname", "name"),
        ("Pt Name", "name"),
        ("Member", "member-id name?"),
        ("name", "name?"),
        ("physician_name", "name"),
        ("BENE_LINE_1_ADR", "address"),
        ("ADDR_LN_1", "address"),
        ("ADDR_LINE_1", "address"),
        ("practice_address", "address"),
        ("provider_phone", "phone"),
        ("office_name", ""),
        ("addr1", "address"),
        ("Address Line 2", "address"),
        ("street", "address"),
        ("BENE_ZIP_CD", "zip"),
        ("GEO_ZIP5_CD", "zip"),
        ("PRVDR_ZIP", "zip"),
        ("zip code", "zip"),
        ("GEO_ZIP_PLC_NAME", ""),
        ("RFR_PHYSN_NPI", "npi"),
        ("ORG_NPI_NUM", "npi"),
        ("CARR_CLM_BLG_NPI_NUM", "npi"),
        ("rendering_npi", "npi"),
        ("NPI", "npi"),
        ("ssn", "ssn"),
        ("SSN#", "ssn"),
        ("Soc Sec No", "ssn"),
        ("socialSecurityNumber", "ssn"),
        ("member_ssn", "ssn"),
        ("ssn_last4", "ssn"),
        ("last4", "ssn?"),
        ("Phone (Home)", "phone"),
        ("cell_phone", "phone"),
        ("fax", "fax"),
        ("Fax Number", "fax"),
        ("CLM_ID", "claim-number"),
        ("CLM_FROM_DT", "service-date"),
        ("PRCDR_DT1", "service-date"),
        ("NCH_BENE_DSCHRG_DT", "service-date"),
        ("admit_date", "service-date"),
        ("date of service", "service-date"),
        ("BENE_DEATH_DT", "death-date"),
        ("date_of_death", "death-date"),
        ("AGE", "age-over-89"),
        ("client_ip", "ip-address"),
        ("ip_address", "ip-address"),
        ("mac address", "device-id"),
        ("serial_number", "device-id"),
        ("Patient Acct #", "account-number"),
        ("CSN", "account-number"),
        ("encounter_id", "account-number"),
        ("Rx Number", "rx-number"),
        ("credit_card_number", "payment-card"),
        ("cc_num", "payment-card"),
        ("routing_number", "bank-account"),
        ("bank account number", "bank-account"),
        ("iban", "bank-account"),
        ("DL #", "driver-license"),
        ("drivers_license_no", "driver-license"),
        ("passport_no", "passport"),
        ("EDIPI", "military-id"),
        ("dod_id", "military-id"),
        ("prescriber_dea", "dea"),
        ("VIN", "vin"),
        ("ssn_sha256", "ssn"),
        ("cellphone", "phone"),
        ("PATDOB", "birth-date"),
        ("emergency_contact", "name"),
        ("customer_name", "name?"),
        ("PLAN_PBP_REC_NUM", ""),
        ("dob_year", ""),
        ("e-mail", "email"),
        ("email_address", "email"),
        ("MRN", "mrn"),
        ("pat_id", "mrn"),
        ("medical record #", "mrn"),
        ("member id", "member-id"),
        ("subscriber_id", "member-id"),
        ("insured id", "member-id"),
        ("BENE_ID", "member-id?"),
        ("Medicaid No", "medicaid-id"),
        ("group no", "group-number"),
    ] {
        assert_eq!(speaks_for(&rules, name), expected, "{name}");
    }
}

#[test]
fn names_of_other_things_speak_for_nothing() {
    let rules = load_built_in().unwrap();
    for name in [
        "CLM_GRP_ID",
        "COVSTART",
        "BENE_SEX_CD",
        "BENE_SEX_IDENT_CD",
        "STATE_CODE",
        "BENE_COUNTY_CD",
        "TAX_NUM",
        "file_name",
        "host_name",
        "user name",
        "username",
        "product_name",
        "company_name",
        "drug_name",
        "account_name",
        "facility_name",
        "ssn_flag",
        "has_ssn",
        "email_verified",
        "phone_type",
        "birth_year",
        "birth_city",
        "mbi_eff_dt",
        "city",
        "state",
        "LINE_NUM",
        "PRVDR_NUM",
        "FI_NUM",
        "V_DOD_SW",
        "SAMPLE_GROUP",
        "RFRNC_YR",
        "NCH_WKLY_PROC_DT",
        "REV_CNTR_DT",
        "CLM_CLNCL_TRIL_NUM",
        "order_number",
        "invoice_no",
        "amount",
        "id",
        "value",
        "description",
        "IDR_INSRT_TS",
        "LINE_NDC_CD",
        "PTC_CNTRCT_JAN_ID",
        "CARR_LINE_CLIA_LAB_NUM",
        "BENE_HOSPC_PRD_CNT",
        "CLM_HOSPC_START_DT_ID",
        "first_seen",
        "last_login",
    ] {
        assert_eq!(speaks_for(&rules, name), "", "{name}");
    }
}

#[test]
fn names_tell_whose_field_it_is() {
    for (name, role) in [
        ("RFR_PHYSN_NPI", Subject::Provider),
        ("prescriber_npi", Subject::Provider),
        ("NPI", Subject::Provider),
        ("PRVDR_ZIP", Subject::Provider),
        ("pharmacy_phone", Subject::Provider),
        ("BENE_ZIP_CD", Subject::Patient),
        ("member_ssn", Subject::Patient),
        ("guarantor_phone", Subject::Patient),
        ("emp_ssn", Subject::Workforce),
        ("hire_date", Subject::Workforce),
        ("phone", Subject::Unknown),
        ("contact_phone", Subject::Unknown),
    ] {
        assert_eq!(FieldName::parse(name).role, role, "{name}");
    }
}

#[test]
fn names_tell_protection_and_ordinary_numbers() {
    for (name, protection) in [
        ("ssn_hash", Some(Protection::Hashed)),
        ("mbi_sha256", Some(Protection::Hashed)),
        ("member_token", Some(Protection::Tokenized)),
        ("ssn_masked", Some(Protection::Masked)),
        ("ssn", None),
    ] {
        assert_eq!(FieldName::parse(name).protection, protection, "{name}");
    }
    for (name, ordinary) in [
        ("invoice_no", true),
        ("Tracking #", true),
        ("PO Number", true),
        ("unitPrice", true),
        ("ssn", false),
        ("id", false),
    ] {
        assert_eq!(FieldName::parse(name).ordinary(), ordinary, "{name}");
    }
}

#[test]
fn names_tell_dates_of_something_else() {
    for name in [
        "CLM_FROM_DT",
        "CLM_THRU_DT",
        "NCH_WKLY_PROC_DT",
        "CLM_ADMSN_DT",
        "LINE_1ST_EXPNS_DT",
        "REV_CNTR_DT",
        "PRCDR_DT1",
        "IDR_TRANS_EFCTV_TS",
        "COVSTART",
        "DEATH_DT",
        "service date",
        "admitted_on_date",
        "BENE_DEATH_DT",
        "hireDate",
    ] {
        assert!(FieldName::parse(name).other_date(), "{name}");
    }
    for name in ["BENE_BIRTH_DT", "dob", "date of birth", "date", "ssn", "column_3"] {
        assert!(!FieldName::parse(name).other_date(), "{name}");
    }
}

#[test]
fn names_deny_what_their_values_look_like() {
    let rules = load_built_in().unwrap();
    let phone = rules.by_id("us.phone").unwrap();
    assert!(phone.denied_by(&FieldName::parse("Fax No")));
    assert!(!phone.denied_by(&FieldName::parse("Phone No")));
}

#[test]
fn headers_are_told_from_values() {
    for header in [
        "ssn",
        "Patient Name",
        "BENE_BIRTH_DT",
        "date_of_birth",
        "Status",
        "Notes",
        "Phone (Home)",
        "Price",
        "amount",
        "Member",
        "diagnosis 1",
        "dx",
        "x",
        "colour",
        "GEO_ZIP5_CD",
        "Street",
    ] {
        assert!(reads_as_header(header), "{header}");
    }
    for value in [
        "Maria Delgado",
        "Delgado",
        "SMITH, JOHN",
        "536-90-4398",
        "1957-03-14",
        "March 14, 1957",
        "rosa@gulfmail.net",
        "A48291357",
        "",
        "1970 S University Blvd",
        "a text that goes on and on until nobody would write it above a column of figures",
    ] {
        assert!(!reads_as_header(value), "{value}");
    }
}
