//! Fields of records: what each is called in either half, what it holds, how its values are written. In: people. Out:
//! texts of values, and [`Feed`]s, which say who stands on which record of which kind of file.

use phisweep::identifier::Identifier;

use super::people::{Day, Person, Population, Provider};
use super::rng::Rng;
use super::{Split, Whose, words};

macro_rules! fields {
    ($($field:ident $identifier:expr, [$($train:literal)*] [$($seen:literal)*] [$($held:literal)*];)*) => {
        /// A field of a record.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Field { $($field,)* }

        impl Field {
            /// What its values are, if anything.
            pub(crate) fn identifier(self) -> Option<Identifier> {
                match self { $(Field::$field => $identifier,)* }
            }

            /// How it is called.
            pub(crate) fn headers(self, split: Split) -> &'static [&'static str] {
                match self { $(Field::$field => split.pick(&[$($train,)* $($seen,)*][..], &[$($held,)*][..]),)* }
            }

            /// The field a template calls so: `Ssn`.
            pub(crate) fn by_name(name: &str) -> Option<Field> {
                match name { $(stringify!($field) => Some(Field::$field),)* _ => None }
            }
        }
    };
}

fields! {
    Ssn Some(Identifier::SSN),
        ["ssn" "SSN" "Social Security Number" "PAT_SSN" "member_ssn" "soc_sec_no"]
        ["SocSecNum" "BENE_SSN_NUM" "Subscriber SSN" "SS#" "SSN_NBR" "socialSecurityNumber" "Insured SSN" "PT_SOC_SEC_NBR" "PAT_SS_NUM" "Member Social Security No." "SSN#" "ssn_id" "SocialSecurity" "EE_SSN" "SSN_TXT" "Patient Soc Sec Number"]
        ["Soc Sec #" "SocialSecurityNo" "taxpayer_ssn" "PT SSN" "Employee Social" "SS Number" "ssn_full" "Subscriber Soc Sec"];
    BirthDate Some(Identifier::BIRTH_DATE),
        ["dob" "DOB" "birth_date" "Date of Birth" "PAT_DOB" "member_birth_date"]
        ["BRTH_DT" "BENE_BRTH_DT" "birthDate" "DateOfBirth" "PT_BIRTH_DT" "D.O.B." "Patient DOB" "MBR_DOB" "Birthday" "BIRTHDATE" "PatientDateOfBirth" "Birth Dt" "MEMBER_DOB" "BDATE" "DtOfBirth" "dateofbirth" "DOB (MM/DD/YYYY)" "Patient Birthdate" "BIRTH_DATE_TIME" "pt_dob"]
        ["Born" "Date Of Birth (mm/dd/yy)" "patient_dateofbirth" "DOB_DT" "BirthDt" "Member D.O.B" "Pt Birth Date" "date_birth" "Dependent DOB" "Fecha de nacimiento"];
    Mbi Some(Identifier::MBI),
        ["mbi" "MBI" "Medicare Number" "medicare_id"]
        ["BENE_MBI_ID" "Medicare Beneficiary Identifier" "mbiNumber" "Medicare #" "MBI_NUM" "NEW_MEDICARE_NBR" "MedicareBeneficiaryId" "MCARE_MBI" "BeneMBI" "Medicare ID (MBI)" "medicare_no" "MBI_ID"]
        ["Medicare Card #" "mbi_no" "MedicareID" "Medicare Beneficiary No." "CMS_MBI"];
    Hicn Some(Identifier::HICN),
        ["hicn" "HIC Number" "hic_no"]
        ["BENE_HIC_NUM" "HICNO" "MedicareClaimNumber" "HICN_NBR" "OLD_HICN" "Medicare HIC #"]
        ["HIC No" "HICNumber" "Old Medicare Claim No"];
    MemberId Some(Identifier::MEMBER_ID),
        ["member_id" "Member ID" "subscriber_id" "MEMBER_NO" "policy_id"]
        ["MBR_ID" "memberNumber" "Subscriber #" "CARDHOLDER_ID" "SBSCR_ID" "Insured's ID" "Enrollee ID" "MEM_NBR" "Plan Member ID" "MemberID" "SUBSCRIBER_NUMBER" "Mbr No" "Health Plan ID" "INSURED_ID_NO" "PolicyHolderID" "Insurance ID" "memId" "SUB_ID" "MEMBER_IDENTIFIER"]
        ["Insurance Member #" "ID Card No" "Subscriber Identifier" "Cert #" "PolicyHolder Number" "mbr_nbr" "Insurance Policy #" "Covered Person ID" "planMemberNumber" "Insured Member ID"];
    Mrn Some(Identifier::MRN),
        ["mrn" "MRN" "Medical Record Number" "patient_id" "chart_no"]
        ["PAT_MRN_ID" "MedRecNum" "Med Rec #" "PT_NO" "EMPI" "Hospital Number" "Patient Number" "MR_NBR" "PatientID" "unit_number" "MedicalRecordNo" "mrn_id" "PAT_ID" "Chart Number" "Patient MRN" "MED_REC_NBR" "Hosp No" "EMR ID" "patientNumber" "MRNumber"]
        ["Med Record No" "Patient #" "Chart" "mr_num" "HospitalMRN" "Patient Identifier" "Unit No." "medicalRecordId" "PT_MRN" "Health Record #"];
    FirstName Some(Identifier::NAME),
        ["first_name" "First Name" "FNAME" "pat_first"]
        ["GivenName" "BENE_GVN_NAME" "FRST_NM" "Patient First Name" "MBR_FIRST_NM" "First" "PATIENT_FIRST_NAME" "fname" "Mbr First" "FST_NAME"]
        ["Given Name" "Pt First" "First Nm" "patientFirst" "Subscriber First Name"];
    LastName Some(Identifier::NAME),
        ["last_name" "Last Name" "LNAME" "pat_last"]
        ["Surname" "BENE_SRNM_NAME" "LAST_NM" "Patient Last Name" "FamilyName" "Last" "PATIENT_LAST_NAME" "lname" "Mbr Last" "LST_NAME"]
        ["Family Name" "Pt Last" "Last Nm" "patientLast" "Subscriber Last Name"];
    FullName Some(Identifier::NAME),
        ["patient_name" "Member Name" "name"]
        ["PAT_NAME" "Patient Full Name" "Subscriber Name" "BENE_NAME" "mbrName" "Patient" "memberFullName" "PATIENT_NM" "Insured Name" "Client Name"]
        ["Patient (Last, First)" "Name of Insured" "ptName" "Enrollee Name" "Resident"];
    Street Some(Identifier::ADDRESS),
        ["address" "street" "Address Line 1"]
        ["MAIL_ADDR_1" "HomeAddress" "addr_ln_1" "Residence Street" "STREET_ADDR" "Street1" "PATIENT_ADDRESS_1" "Addr1" "Home Street" "Mailing Address Line 1"]
        ["Residential Address" "Mailing Street" "addressLine1" "Addr Line 1" "Home Addr"];
    City None,
        ["city" "City"]
        ["CITY_NM" "Town" "PATIENT_CITY" "Municipality"]
        ["City/Town" "home_city"];
    State None,
        ["state" "State"]
        ["STATE_CD" "ST" "PATIENT_STATE" "ST_CD"]
        ["State/Province" "home_state"];
    Zip Some(Identifier::ZIP),
        ["zip" "Zip Code" "postal_code"]
        ["ZIP_CD" "PostalCode" "zip5" "MAIL_ZIP" "PATIENT_ZIP" "HomeZip" "Zip/Postal" "ZIP_5"]
        ["Zip5" "Postal" "home_zip" "ZIP+4"];
    Phone Some(Identifier::PHONE),
        ["phone" "Phone Number" "home_phone"]
        ["TEL_NBR" "Telephone" "PhoneNo" "cell" "PRIMARY_PHN" "Contact Phone" "PATIENT_PHONE" "Mobile #" "homePhone" "Tel No" "Daytime Phone"]
        ["Best Contact Number" "cell_phone" "Home Tel" "Phone (Home)" "primaryPhone" "Contact #"];
    Email Some(Identifier::EMAIL),
        ["email" "Email Address"]
        ["E-MAIL" "emailAddr" "EML_ADDR" "EmailAddress" "PATIENT_EMAIL" "e_mail_addr"]
        ["E-mail Address" "contact_email" "Email Addr"];
    Group Some(Identifier::GROUP_NUMBER),
        ["group_number" "Group No"]
        ["GRP_NBR" "GroupID" "RXGRP" "Policy Group Number" "GroupNumber" "GRP_NO" "Employer Group #" "RxGroup"]
        ["Group #" "Plan Group" "grp_id" "Rx Group"];
    Medicaid Some(Identifier::MEDICAID_ID),
        ["medicaid_id" "Medicaid Number"]
        ["MCD_ID" "MedicaidNo" "RECIP_MEDICAID_NBR" "MedicaidID" "STATE_MEDICAID_NO" "Medicaid Recipient ID"]
        ["Medicaid #" "mcaid_id" "Medicaid Member ID"];
    Npi Some(Identifier::NPI),
        ["npi" "provider_npi" "NPI"]
        ["RNDRNG_NPI" "Prescriber NPI" "attendingNpi" "PRVDR_NPI" "NPI_NUM" "BillingProviderNPI" "Provider NPI Number" "REND_NPI"]
        ["Rendering NPI" "NPI #" "ordering_npi" "Natl Provider ID"];
    ProviderName Some(Identifier::NAME),
        ["provider_name" "Physician"]
        ["ATT_PHYS_NAME" "Prescriber Name" "renderingProviderName" "Attending Provider" "PCP_NAME" "Ordering Physician" "DoctorName"]
        ["Rendering Physician" "Referring Dr" "Treating Provider" "attending_name"];
    ProviderPhone Some(Identifier::PHONE),
        ["provider_phone" "office_phone"]
        ["PRVDR_TEL" "Practice Phone" "PCP Phone" "DoctorPhone"]
        ["Physician Phone" "clinic_phone"];
    ProviderStreet Some(Identifier::ADDRESS),
        ["practice_address" "provider_street"]
        ["PRVDR_ADDR_1" "Office Address" "Clinic Address" "PCP_ADDRESS"]
        ["Practice Street" "clinic_addr"];
    ProviderZip Some(Identifier::ZIP),
        ["practice_zip" "provider_zip"]
        ["PRVDR_ZIP" "Office Zip" "Clinic Zip" "PCP_ZIP"]
        ["Practice Zip Code" "clinic_zip"];
    Dea Some(Identifier::DEA),
        ["dea" "DEA Number"]
        ["PRSCRBR_DEA" "DEA #" "DEA_NUM" "Prescriber DEA Number"]
        ["DEA Reg No" "prescriber_dea_id"];
    ServiceDate Some(Identifier::SERVICE_DATE),
        ["service_date" "admit_date" "DOS"]
        ["CLM_FROM_DT" "dischargeDate" "SVC_DT" "Fill Date" "DateOfService" "ADMIT_DT" "Visit Date" "SERVICE_FROM_DATE" "DischargeDt"]
        ["Date Seen" "Svc From" "encounter_dt" "Collected" "Date of Visit" "Appt Date"];
    DeathDate Some(Identifier::DEATH_DATE),
        ["death_date" "Date of Death"]
        ["BENE_DEATH_DT" "DOD" "deceasedDate" "DateOfDeath" "DEATH_DT" "Deceased On"]
        ["Date Deceased" "dod" "Death Dt"];
    ClaimNumber Some(Identifier::CLAIM_NUMBER),
        ["claim_number" "Claim ID"]
        ["CLM_NUM" "ClaimNo" "claimControlNumber" "ClaimNumber" "CLAIM_NO" "CLM_CNTL_NUM"]
        ["Claim #" "clm_id" "Claim Control No"];
    Account Some(Identifier::ACCOUNT_NUMBER),
        ["account_number" "Patient Account"]
        ["PT_ACCT_NBR" "AcctNo" "Guarantor Account #" "PatientAccountNumber" "ACCT_NUM" "Visit Number"]
        ["Acct No." "hospital_account" "Encounter #"];
    RxNumber Some(Identifier::RX_NUMBER),
        ["rx_number" "Rx #"]
        ["RX_NBR" "PrescriptionNumber" "SCRIPT_NO" "RxNumber" "RX_NO" "Prescription #"]
        ["Script #" "rx_num" "Prescription ID"];
    Card Some(Identifier::PAYMENT_CARD),
        ["card_number" "Credit Card"]
        ["CC_NUM" "CardNo" "credit_card_nbr" "CreditCardNumber" "PAYMENT_CARD_NO" "Card #"]
        ["Card Number" "cc_no" "Credit Card #"];
    Employee None,
        ["employee_id" "Employee Number"]
        ["EMPL_NBR" "Personnel No" "EmployeeID" "EMP_NO"]
        ["EE ID" "Emp #"];
    HireDate None,
        ["hire_date" "Hired"]
        ["HIRE_DT" "OrigHireDate" "DateHired" "HIRE_DT_TM"]
        ["Start Date" "hired_on"];
    Salary None,
        ["salary" "annual_pay"]
        ["BASE_SALARY_AMT" "GrossPay" "AnnualSalary" "PAY_RATE_AMT"]
        ["Base Pay" "Compensation"];
    Sex None,
        ["sex" "gender"]
        ["GNDR_CD" "SEX_IND" "Gender" "SEX_CD"]
        ["M/F" "Birth Sex"];
    Diagnosis None,
        ["dx1" "diagnosis_code"]
        ["ICD10_DX_CD" "PRNCPAL_DGNS_CD" "PrimaryDiagnosis" "DX_CD_1"]
        ["Dx" "ICD-10"];
    Amount None,
        ["amount" "paid_amt"]
        ["CLM_PMT_AMT" "TotalCharge" "AmountPaid" "CHRG_AMT"]
        ["Billed" "Amt Paid"];
    Row None,
        ["row" "seq"]
        ["LINE_NBR" "RecordSeq" "RowNum" "REC_NO"]
        ["#" "Record No."];
    Plan None,
        ["plan" "plan_code"]
        ["PBP_ID" "ProductCd" "PlanName" "PLAN_CD"]
        ["Plan Type" "product"];
    LoadDate None,
        ["load_date" "updated"]
        ["ETL_TS" "LastModified" "UpdatedOn" "LOAD_TS"]
        ["Date Processed" "As Of"];
    Flag None,
        ["ssn_flag" "valid_dob"]
        ["SSN_VERIFIED_IND" "dobStatus" "ssnOnFile" "DOB_VERIFIED"]
        ["SSN Verified?" "Has Medicare"];
    Drug None,
        ["drug" "medication"]
        ["DRUG_DESC" "MedicationName" "DrugName" "MED_DESC"]
        ["Medication" "Rx Name"];
    Quantity None,
        ["qty" "units"]
        ["QTY_DSPNSD_NUM" "UnitCount" "Qty Dispensed" "DAYS_SUPPLY"]
        ["Quantity" "Days"];
    Invoice None,
        ["invoice"]
        ["invoice" "InvoiceNo"]
        ["Invoice #"];
}

/// How values are written in one document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) split: Split,
    ssn: u8,
    date: u8,
    phone: u8,
    name: u8,
    zip4: bool,
    upper: bool,
    /// Of a hundred fields, so many are empty.
    empty: u32,
}

impl Style {
    pub(crate) fn new(split: Split, rng: &mut Rng) -> Style {
        const KINDS: [[&[u8]; 2]; 4] = [
            [&[0, 1, 2, 10, 11, 12, 20, 21, 22, 23], &[30, 31, 32, 33]],
            [&[0, 1, 2, 10, 11, 12, 13, 20, 21, 22, 23], &[30, 31, 32, 33]],
            [&[0, 1, 2, 10, 11, 12, 20, 21, 22, 23], &[30, 31, 32, 33]],
            [&[0, 1, 10, 11, 20, 21], &[30, 31]],
        ];
        let [ssn, date, phone, name] = KINDS.map(|[train, held_out]| *rng.pick(split.pick(train, held_out)));
        let empty = *rng.pick(&[0, 0, 2, 8]);
        Style { split, ssn, date, phone, name, zip4: rng.percent(20), upper: rng.percent(30), empty }
    }

    /// A date as the document writes dates.
    pub(crate) fn date(&self, d: Day) -> String {
        let (y, m, day) = (d.year, d.month, d.day);
        const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
        match self.date {
            0 => format!("{y:04}-{m:02}-{day:02}"),
            1 => format!("{m:02}/{day:02}/{y:04}"),
            2 => format!("{y:04}{m:02}{day:02}"),
            10 => format!("{day:02}-{}-{y:04}", MONTHS[(m - 1) as usize]),
            11 => format!("{m}/{day}/{y}"),
            12 => format!("{y:04}-{m:02}-{day:02} 00:00:00"),
            20 => format!("{y:04}/{m:02}/{day:02}"),
            21 => format!("{m:02}/{day:02}/{:02}", y % 100),
            22 => format!("{y:04}-{m:02}-{day:02}T00:00:00Z"),
            23 => format!("{m}/{day}/{y} 0:00"),
            30 => format!("{y:04}.{m:02}.{day:02}"),
            31 => format!("{m:02}/{day:02}/{y:04} 12:00:00 AM"),
            32 => format!(
                "{day}-{}{}-{y:04}",
                &MONTHS[(m - 1) as usize][..1],
                MONTHS[(m - 1) as usize][1..].to_lowercase()
            ),
            33 => format!("{m}-{day}-{y}"),
            _ => format!("{m:02}-{day:02}-{y:04}"),
        }
    }

    /// A date as people write it in text.
    pub(crate) fn spoken(&self, d: Day) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        match self.date {
            0 => format!("{}/{}/{}", d.month, d.day, d.year),
            1 | 2 => format!("{:02}/{:02}/{:04}", d.month, d.day, d.year),
            10 => format!("{} {}, {}", MONTHS[(d.month - 1) as usize], d.day, d.year),
            11 => format!("{}/{}/{:02}", d.month, d.day, d.year % 100),
            12 => format!("{} {} {}", d.day, &MONTHS[(d.month - 1) as usize][..3], d.year),
            20 => format!("{} {}, {}", &MONTHS[(d.month - 1) as usize][..3], d.day, d.year),
            21 => format!("{:02}/{:02}/{:02}", d.month, d.day, d.year % 100),
            22 => format!("{:04}-{:02}-{:02}", d.year, d.month, d.day),
            30 => format!("{} {} {}", &MONTHS[(d.month - 1) as usize][..3], d.day, d.year),
            31 => format!("{}.{}.{}", d.month, d.day, d.year),
            32 => format!("{}{} of {} {}", d.day, ordinal(d.day), MONTHS[(d.month - 1) as usize], d.year),
            33 => format!("{}-{}-{:02}", d.month, d.day, d.year % 100),
            23 => format!("{} {}{}, {}", MONTHS[(d.month - 1) as usize], d.day, ordinal(d.day), d.year),
            _ => format!("{}-{}-{}", d.month, d.day, d.year),
        }
    }

    fn ssn(&self, s: &str, free: bool) -> String {
        match self.ssn {
            0 => format!("{}-{}-{}", &s[..3], &s[3..5], &s[5..]),
            1 if !free => s.to_string(),
            1 => format!("{}-{}-{}", &s[..3], &s[3..5], &s[5..]),
            2 => format!("***-**-{}", &s[5..]),
            10 => format!("{} {} {}", &s[..3], &s[3..5], &s[5..]),
            11 if !free => s.trim_start_matches('0').to_string(),
            11 | 21 => s.to_string(),
            20 => format!("{}-{}-{}", &s[..3], &s[3..5], &s[5..]),
            22 => format!("{}.{}.{}", &s[..3], &s[3..5], &s[5..]),
            23 => format!("*****{}", &s[5..]),
            30 => format!("{} - {} - {}", &s[..3], &s[3..5], &s[5..]),
            31 if !free => s.to_string(),
            31 | 32 => format!("{}-{}-{}", &s[..3], &s[3..5], &s[5..]),
            33 => format!("{}-{}", &s[..5], &s[5..]),
            _ => format!("XXX-XX-{}", &s[5..]),
        }
    }

    fn phone(&self, p: &str) -> String {
        let (a, b, c) = (&p[..3], &p[3..6], &p[6..]);
        match self.phone {
            0 => format!("({a}) {b}-{c}"),
            1 => format!("{a}-{b}-{c}"),
            2 => p.to_string(),
            10 => format!("{a}.{b}.{c}"),
            11 => format!("+1 {a}-{b}-{c}"),
            20 => format!("{a}/{b}-{c}"),
            21 => format!("({a}){b}-{c}"),
            22 => format!("{a} {b} {c}"),
            23 => format!("+1{a}{b}{c}"),
            30 => format!("({a}) {b} {c}"),
            31 => format!("{a}-{b}.{c}"),
            32 => format!("1 {a} {b} {c}"),
            33 => format!("({a})-{b}-{c}"),
            _ => format!("1-{a}-{b}-{c}"),
        }
    }

    fn name(&self, first: &str, middle: char, last: &str) -> String {
        match self.name {
            0 => format!("{first} {last}"),
            1 => format!("{last}, {first}"),
            10 => format!("{last}, {first} {middle}"),
            20 => format!("{last}, {first} {middle}."),
            21 => format!("{first} {middle} {last}"),
            30 => format!("{last},{first}"),
            31 => format!("{last} {first}"),
            _ => format!("{first} {middle}. {last}"),
        }
    }

    fn cased(&self, text: String) -> String {
        if self.upper { text.to_uppercase() } else { text }
    }

    /// Whether a spreadsheet took the leading zeros of numbers: without a name nobody can tell what is left.
    pub(crate) fn loses_zeros(&self) -> bool {
        self.ssn == 11
    }

    /// Whether Social Security numbers are nine figures and nothing else.
    pub(crate) fn bare_ssn(&self) -> bool {
        matches!(self.ssn, 1 | 11 | 21 | 31)
    }

    /// Whether a field is left empty.
    pub(crate) fn leaves_empty(&self, rng: &mut Rng) -> bool {
        rng.percent(self.empty)
    }
}

/// What stands behind the number of a day: `4th`.
fn ordinal(day: i64) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

/// What stands on one record.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) person: usize,
    pub(crate) provider: usize,
    pub(crate) number: usize,
    pub(crate) visit: Day,
}

/// Kinds of files: name, class, fields that are always there, fields that may be.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    must: &'static [Field],
    may: &'static [Field],
}

use Field::*;

#[rustfmt::skip]
pub(crate) const KINDS: &[Kind] = &[
    Kind { name: "eligibility", class: "phi", must: &[MemberId, LastName, FirstName, BirthDate],
        may: &[Row, Ssn, Sex, Mbi, Medicaid, Street, City, State, Zip, Phone, Email, Group, Plan, LoadDate, Flag, DeathDate] },
    Kind { name: "claims", class: "phi", must: &[ClaimNumber, MemberId, ServiceDate, Diagnosis],
        may: &[FullName, BirthDate, Npi, ProviderName, Amount, Account, Mbi, Hicn, Zip, Group] },
    Kind { name: "pharmacy", class: "phi", must: &[RxNumber, MemberId, BirthDate, Drug],
        may: &[LastName, FirstName, Npi, Dea, Quantity, Group, Zip, ServiceDate, Amount] },
    Kind { name: "roster", class: "phi", must: &[Mrn, FullName, BirthDate],
        may: &[Ssn, Sex, Phone, Street, City, State, Zip, Email, ProviderName, ServiceDate, Account, Medicaid] },
    Kind { name: "beneficiaries", class: "phi", must: &[Mbi, LastName, FirstName, BirthDate],
        may: &[Row, Hicn, Ssn, Street, Zip, DeathDate, Sex, LoadDate] },
    Kind { name: "contacts", class: "pii", must: &[FullName, Ssn],
        may: &[Row, Phone, Email, Street, City, State, Zip, BirthDate, LoadDate] },
    Kind { name: "payroll", class: "workforce", must: &[Employee, FullName, Ssn, HireDate, Salary],
        may: &[BirthDate, Street, City, State, Zip, Phone] },
    Kind { name: "directory", class: "provider", must: &[Npi, ProviderName, ProviderPhone],
        may: &[ProviderStreet, City, State, ProviderZip, Dea, LoadDate] },
    Kind { name: "cards", class: "payment", must: &[Card, FullName, Amount],
        may: &[Invoice, Zip, Email, LoadDate] },
];

/// A file in the making.
pub(crate) struct Feed {
    pub(crate) kind: &'static Kind,
    pub(crate) fields: Vec<Field>,
    pub(crate) records: Vec<Record>,
}

impl Feed {
    /// How a field is called in this kind of file.
    pub(crate) fn headers(&self, field: Field, split: Split) -> &'static [&'static str] {
        match (field, self.kind.class) {
            (FullName, "workforce") => {
                split.pick(&["name", "employee_name", "EMPL_NAME", "Full Name"][..], &["Employee", "EE_NAME"][..])
            }
            _ => field.headers(split),
        }
    }

    pub(crate) fn new(population: &Population, rng: &mut Rng) -> Feed {
        let kind = &KINDS[rng.below(KINDS.len())];
        let rows = *rng.pick(&[3, 12, 40, 40, 120]);
        Feed::of(kind, population, rows, rng)
    }

    pub(crate) fn of(kind: &'static Kind, population: &Population, rows: usize, rng: &mut Rng) -> Feed {
        let mut fields: Vec<Field> = kind.must.to_vec();
        fields.extend(kind.may.iter().copied().filter(|_| rng.percent(50)));
        let first = rng.below(population.people.len());
        let records = (0..rows)
            .map(|number| Record {
                person: (first + number * 7) % population.people.len(),
                provider: rng.below(population.providers.len()),
                number,
                visit: Day::between(rng, 2025, 2026),
            })
            .collect();
        Feed { kind, fields, records }
    }
}

impl Field {
    /// Whose its values are.
    pub(crate) fn whose(self) -> Whose {
        match self {
            Npi | ProviderName | ProviderPhone | ProviderStreet | ProviderZip | Dea => Whose::Provider,
            _ => Whose::Person,
        }
    }

    /// Whether its values tell what they are where nothing says so.
    pub(crate) fn tells(self) -> bool {
        !matches!(
            self,
            MemberId
                | Mrn
                | Medicaid
                | Group
                | ClaimNumber
                | Account
                | RxNumber
                | Zip
                | ProviderZip
                | ServiceDate
                | DeathDate
                | Hicn
                | Dea
                | ProviderName
                | ProviderPhone
                | ProviderStreet
        )
    }

    /// Its value on a record; `free` in text, as people write it.
    pub(crate) fn value(
        self,
        record: &Record,
        population: &Population,
        style: &Style,
        free: bool,
        rng: &mut Rng,
    ) -> String {
        let person: &Person = &population.people[record.person];
        let provider: &Provider = &population.providers[record.provider];
        let date = |day: Day| if free { style.spoken(day) } else { style.date(day) };
        match self {
            Ssn => style.ssn(&person.ssn, free),
            BirthDate => date(person.birth),
            Mbi => person.mbi.clone().unwrap_or_default(),
            Hicn => person.hicn.clone().unwrap_or_default(),
            MemberId => person.member.clone(),
            Mrn => person.mrn.clone(),
            FirstName => style.cased(person.first.clone()),
            LastName => style.cased(person.last.clone()),
            FullName if free => format!("{} {}", person.first, person.last),
            FullName => style.cased(style.name(&person.first, person.middle, &person.last)),
            Street => style.cased(person.street.clone()),
            City => style.cased(person.city.to_string()),
            State => person.state.to_string(),
            Zip if style.zip4 => format!("{}-{:04}", person.zip, rng.range(1001, 9999)),
            Zip => person.zip.clone(),
            Phone => style.phone(&person.phone),
            Email => person.email.clone(),
            Group => person.group.clone(),
            Medicaid => person.medicaid.clone().unwrap_or_default(),
            Npi => provider.npi.clone(),
            ProviderName if free => format!("{} {}", provider.first, provider.last),
            ProviderName => style.cased(style.name(&provider.first, 'J', &provider.last)),
            ProviderPhone => style.phone(&provider.phone),
            ProviderStreet => style.cased(provider.street.clone()),
            ProviderZip => provider.zip.clone(),
            Dea => provider.dea.clone(),
            ServiceDate => date(record.visit),
            DeathDate => person.died.map(date).unwrap_or_default(),
            ClaimNumber => {
                let forms: [&str; 4] = style.split.pick(
                    ["202699999999999", "CLM26-9999999-01", "26099E999999", "9999999999A"],
                    ["C-26-99999999", "ELEC99999999", "999-9999999-00", "26AAA9999999"],
                );
                let form = *rng.pick(&forms);
                rng.picture(form)
            }
            Account => {
                let forms: [&str; 4] = style.split.pick(
                    ["A99999999", "99999-999999", "V0099999999", "4999999999"],
                    ["AC-9999999", "9999999.99", "HAR99999999", "999999999999"],
                );
                let form = *rng.pick(&forms);
                rng.picture(form)
            }
            RxNumber => rng.picture("9999999"),
            Card => card(rng),
            Employee => rng.picture("99999"),
            HireDate => date(Day::between(rng, 2001, 2025)),
            Salary => format!("{}.00", rng.range(31_000, 160_000)),
            Sex => rng.pick(&["F", "M"]).to_string(),
            Diagnosis => rng.pick(&words::DIAGNOSES).to_string(),
            Amount => format!("{}.{:02}", rng.range(1, 4000), rng.range(0, 100)),
            Row => (record.number + 1).to_string(),
            Plan => rng.pick(&["HMO01", "PPO22", "EPO10"]).to_string(),
            LoadDate => style.date(Day::between(rng, 2026, 2026)),
            Flag => rng.pick(&["Y", "Y", "Y", "N"]).to_string(),
            Drug => rng
                .pick(&["metformin 500 mg", "lisinopril 10 mg", "atorvastatin 20 mg", "sertraline 50 mg"])
                .to_string(),
            Quantity => rng.range(1, 120).to_string(),
            Invoice => rng.picture("INV-2026-99999"),
        }
    }
}

/// Sixteen figures of a card with Luhn's check.
fn card(rng: &mut Rng) -> String {
    let body = format!("4{}", rng.digits(14));
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, b)| {
            let digit = u32::from(b - b'0') * if at % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
