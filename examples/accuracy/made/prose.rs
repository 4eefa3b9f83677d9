//! Texts as people and programs write them: letters, notes, forms, messages, logs. In: a feed, of which only the people
//! count. Out: a document in which each value is by itself.
//!
//! A template is a text with fields in braces, `{Ssn}`. `{#4}` is four digits that are nothing, `{{` a brace.

use super::fields::{Feed, Field, Style};
use super::people::Population;
use super::rng::Rng;
use super::{Page, Split, Writer, truth_of};

/// Texts of one kind.
struct Prose {
    half: Split,
    format: &'static str,
    ending: &'static str,
    head: &'static str,
    /// One for each person.
    each: &'static [&'static str],
    people: usize,
}

#[rustfmt::skip]
pub(crate) fn writers() -> Vec<Box<dyn Writer>> {
    use Split::{HeldOut, Train};
    vec![
        Box::new(Prose { half: Train, format: "letter", ending: "txt", people: 1, head: "Lakeside Health Plan\nMember Services\n\n", each: &[
            "{FullName}\n{Street}\n{City}, {State} {Zip}\n\nDear {FullName},\n\nWe received your request about member ID {MemberId}. Your date of birth on file is {BirthDate}. If this is wrong, call 800-{#3}-{#4}.\n\nReference: {Invoice}\n",
            "{FullName}\n{Street}\n{City}, {State} {Zip}\n\nRE: claim for services on {ServiceDate}\n\nThe claim for member {FullName}, DOB {BirthDate}, SSN {Ssn}, was paid on {LoadDate}.\n",
        ] }),
        Box::new(Prose { half: Train, format: "progress note", ending: "txt", people: 6, head: "PROGRESS NOTES\n\n", each: &[
            "Patient: {FullName}   DOB: {BirthDate}   MRN: {Mrn}\nSeen {ServiceDate} by Dr. {ProviderName}. BP 1{#2}/8{#1}, weight 1{#2} lb. Labs ordered, see order {#7}.\nPhone: {Phone}\n\n",
            "Name: {FullName}\nDate of Birth: {BirthDate}\nMedicare: {Mbi}\nAdmitted {ServiceDate} with {Diagnosis}. Attending: {ProviderName}, NPI {Npi}.\nRoom {#3}, bed {#1}.\n\n",
            "MRN {Mrn} {FullName} born {BirthDate}. SSN {Ssn}. Next visit {ServiceDate}. Temp 98.{#1}, pulse 7{#1}.\n\n",
        ] }),
        Box::new(Prose { half: Train, format: "service log", ending: "log", people: 12, head: "", each: &[
            "2026-03-1{#1} 08:1{#1}:2{#1}.{#3} INFO  eligibility request id={#9} member_id={MemberId} dob={BirthDate}\n",
            "2026-03-1{#1} 08:1{#1}:2{#1}.{#3} WARN  retry {#1} for batch {#8}, {#5} rows, offset {#10}\n",
            "2026-03-1{#1} 08:1{#1}:2{#1}.{#3} ERROR ssn={Ssn} rejected by validator code={#4} trace={#9}\n",
            "2026-03-1{#1} 08:1{#1}:2{#1}.{#3} DEBUG connection pool size {#2}, epoch 17{#8}, bytes {#9}\n",
        ] }),
        Box::new(Prose { half: Train, format: "intake form", ending: "txt", people: 3, head: "NEW PATIENT INTAKE\n==================\n", each: &[
            "Patient name ......... {FullName}\nBirth date ........... {BirthDate}\nSoc. Sec. No. ........ {Ssn}\nHome address ......... {Street}, {City}, {State} {Zip}\nCell phone ........... {Phone}\nE-mail ............... {Email}\nPolicy # ............. {MemberId}\nChart # .............. {Mrn}\nForm no. ............. {#9}\n------------------\n",
            "[Patient Name]      {FullName}\n[D.O.B.]            {BirthDate}\n[Medicare #]        {Mbi}\n[Medical Record #]  {Mrn}\n[Insurance ID #]    {MemberId}\n[Referring]         Dr. {ProviderName}\n[Lot]               {#8}\n------------------\n",
        ] }),
        Box::new(Prose { half: Train, format: "mail", ending: "txt", people: 2, head: "Subject: updated member info\n\nHi team,\n\n", each: &[
            "please correct the record of {FullName} (date of birth {BirthDate}, social security number {Ssn}). You can reach her at {Phone}. The ticket is {#8}, order {#9} is unrelated.\n\n",
            "the subscriber id for {FullName} should be {MemberId}, not the one in invoice {#9}. Born {BirthDate}, lives at {Street}, {City}, {State} {Zip}.\n\n",
            "attached is the chart of our patient {FullName}, MRN# {Mrn}, with the labs from {ServiceDate}. His Medicare number is {Mbi}.\n\n",
        ] }),
        Box::new(Prose { half: Train, format: "dictation", ending: "txt", people: 2, head: "", each: &[
            "DISCHARGE SUMMARY\nPT: {FullName}\nMED REC NO: {Mrn}\nBIRTHDATE: {BirthDate}\nHISTORY: The patient is a pleasant person admitted {ServiceDate} for {Diagnosis}. Hemoglobin 13.{#1}, platelets {#3}. Dictated by {ProviderName}, MD. Job {#9}.\n\n",
            "OPERATIVE REPORT\nPatient Name: {FullName}\nDOB: {BirthDate}\nPatient ID: {Mrn}\nProcedure performed {ServiceDate} under general anesthesia, device lot {#8}, started at 07:3{#1}.\n\n",
        ] }),
        Box::new(Prose { half: Train, format: "call notes", ending: "log", people: 10, head: "", each: &[
            "[03/1{#1}/2026 09:4{#1}] caller {FullName} verified DOB {BirthDate} and last SSN {Ssn}; case {#8}\n",
            "[03/1{#1}/2026 10:0{#1}] Member ID: {MemberId}; callback {Phone}; confirmation {#9}\n",
            "[03/1{#1}/2026 11:2{#1}] transferred to queue {#4}, hold 00:0{#1}:2{#1}, agent {#5}\n",
        ] }),
        Box::new(Prose { half: Train, format: "face sheet", ending: "txt", people: 2, head: "ST ANNE REGIONAL - FACE SHEET\n", each: &[
            "NAME: {FullName}          SEX: {Sex}\nDOB: {BirthDate}          SSN: {Ssn}\nMED REC #: {Mrn}        ACCT: {Account}\nADDR: {Street}, {City}, {State} {Zip}\nTEL: {Phone}\nINS: LAKESIDE   SUBSCRIBER ID: {MemberId}   GRP #: {Group}\nADMIT: {ServiceDate}   ATTENDING: {ProviderName}\n\n",
            "Patient's name: {FullName}\nBirthdate: {BirthDate}\nMedical record number: {Mrn}\nMedicare number: {Mbi}\nPrinted {LoadDate} 06:4{#1}, page {#1}, job {#9}\n\n",
        ] }),
        Box::new(Prose { half: Train, format: "referral fax", ending: "txt", people: 1, head: "FAX - 3 pages\n\n", each: &[
            "Please see Mr. {FullName} (DOB {BirthDate}, Member # {MemberId}) for {Diagnosis}.\nHis chart number is {Mrn}. Home phone {Phone}.\nReferral no. {#8}, valid 90 days.\n\nDr. {ProviderName}\nNPI {Npi}\n",
            "RE: {FullName}\nDate of birth: {BirthDate}\nSocial Security #: {Ssn}\nLab order {#7} was received on {ServiceDate}. Specimen {#9}.\n",
        ] }),
        Box::new(Prose { half: Train, format: "web form log", ending: "log", people: 12, head: "", each: &[
            "{LoadDate}T0{#1}:1{#1}:22Z form.submit name=\"{FullName}\" birthdate={BirthDate} email={Email} zip={Zip} req={#9}\n",
            "{LoadDate}T0{#1}:1{#1}:22Z lookup subscriberId={MemberId} took {#3} ms, node {#2}, seq {#9}\n",
            "{LoadDate}T0{#1}:1{#1}:22Z cache miss key={#10} size={#8} ttl={#4}\n",
        ] }),
        Box::new(Prose { half: Train, format: "nurse note", ending: "txt", people: 4, head: "", each: &[
            "Pt {FullName}, born {BirthDate}, MRN {Mrn}, c/o pain 6/10 since 0{#1}/1{#1}. T 98.{#1} HR 8{#1}. Daughter to call back. Gave {Drug}.\n\n",
            "{FullName} (MRN {Mrn}) seen in room {#3}. DOB {BirthDate}. Medicare # {Mbi}. Weight 1{#2}.{#1} lb, I/O {#4}/{#3}.\n\n",
        ] }),
        Box::new(Prose { half: Train, format: "discharge letter", ending: "txt", people: 1, head: "Riverbend Community Hospital\nDepartment of Medicine\n\n", each: &[
            "Re: {FullName}, date of birth {BirthDate}\nHospital no. {Mrn}\n\nDear Dr. {ProviderName},\n\nThank you for taking over the care of this patient, who was an inpatient here from {ServiceDate}. The main problem was {Diagnosis}. On discharge the weight was 7{#1} kg and creatinine 1.{#1}. The patient lives at {Street}, {City}, {State} {Zip} and can be telephoned on {Phone}.\n\nJob ref. {#8}\n",
            "PATIENT NAME      {FullName}\nBIRTH DATE        {BirthDate}\nMR NUMBER         {Mrn}\nDATE ADMITTED     {ServiceDate}\n\nHOSPITAL COURSE\nThe patient was treated for {Diagnosis} with {Drug}. White count 1{#1}.{#1}, platelets 2{#2}. Follow-up appointment on {ServiceDate}.\n",
        ] }),
        Box::new(Prose { half: Train, format: "portal message", ending: "txt", people: 3, head: "", each: &[
            "From: {FullName}\nSubject: wrong card\nHello, my new insurance card shows the wrong number. My member number is {MemberId}, I was born {BirthDate} and my cell is {Phone}. The confirmation was {#8}. Thank you.\n\n",
            "Hi, this is {FullName}. Could you resend my statement? My social is {Ssn}, birthday {BirthDate}. We moved to {Street} in {City}. Email me at {Email} please.\n\n",
            "Message about {FullName} (Medicaid ID {Medicaid}): the pharmacy says prior authorization {#7} is missing for {Drug}. DOB is {BirthDate}.\n\n",
        ] }),
        Box::new(Prose { half: Train, format: "call transcript", ending: "txt", people: 4, head: "CALL RECORD\n\n", each: &[
            "AGENT: Thank you for holding. May I have your member ID?\nCALLER: Yes, it is {MemberId}.\nAGENT: And your date of birth?\nCALLER: {BirthDate}.\nAGENT: Is that {FullName}?\nCALLER: Correct. And the number I am calling from is {Phone}.\nAGENT: Your reference for today is {#8}.\n\n",
            "AGENT: For security, please give me the social security number.\nCALLER: {Ssn}\nAGENT: Thank you. The claim {ClaimNumber} was received on {LoadDate}. You are 2{#1} in the queue, {#3} before you.\n\n",
        ] }),
        Box::new(Prose { half: Train, format: "billing statement", ending: "txt", people: 2, head: "STATEMENT OF ACCOUNT\n\n", each: &[
            "Patient: {FullName}\nAccount number: {Account}\nService date: {ServiceDate}\nInsurance ID: {MemberId}     Group: {Group}\nBalance due: $1{#2}.{#2}    Statement no. {#7}\n{Street}\n{City}, {State} {Zip}\n\n",
            "Guarantor {FullName}  SSN {Ssn}  born {BirthDate}\nVisit of {ServiceDate}: charges {#3}.{#2}, adjustments {#2}.{#2}, check no. {#6}.\n\n",
        ] }),
        Box::new(Prose { half: Train, format: "case list", ending: "md", people: 8, head: "# Open cases\n\n", each: &[
            "- **{FullName}**, DOB {BirthDate}, MRN {Mrn}, waiting for records (ticket {#6})\n",
            "- {FullName} / {BirthDate} / Medicare {Mbi} / last seen {ServiceDate} / batch {#7}\n",
            "- member {MemberId}, name {FullName}, phone {Phone}, callback window 1{#1}-1{#1}h\n",
        ] }),
        Box::new(Prose { half: Train, format: "gateway log", ending: "log", people: 12, head: "", each: &[
            "{#2}:{#2}:{#2} [worker-{#1}] POST /v2/members body={{\"memberId\":\"{MemberId}\",\"birthDate\":\"{BirthDate}\"}} 200 {#3}ms\n",
            "{#2}:{#2}:{#2} [worker-{#1}] validation failed: field patient.ssn value '{Ssn}' has trailing blank, corr={#9}\n",
            "{#2}:{#2}:{#2} [worker-{#1}] heap {#9} of {#10} bytes, gc {#4}, fd {#3}\n",
        ] }),
        Box::new(Prose { half: Train, format: "lab requisition", ending: "txt", people: 2, head: "LABORATORY REQUISITION\n", each: &[
            "Patient (last, first): {FullName}\nDOB: {BirthDate}   Sex: {Sex}   Patient ID: {Mrn}\nMedicare no: {Mbi}\nOrdering: {ProviderName} NPI: {Npi}\nCollected: {ServiceDate} 08:{#2}\nTube {#5}, rack {#3}\n\n",
            "NAME {FullName} | BIRTHDATE {BirthDate} | CHART {Mrn} | INSURED ID {MemberId} | TEL {Phone} | BOX {#6}\n\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "dental registration", ending: "txt", people: 2, head: "LAKESHORE FAMILY DENTAL - NEW PATIENT REGISTRATION\n\n", each: &[
            "Patient's name\n  {FullName}\nDate of birth\n  {BirthDate}\nSocial Security No.\n  {Ssn}\nHome address\n  {Street}, {City} {State} {Zip}\nInsurance member no.\n  {MemberId}\nGroup no.\n  {Group}\nChair {#1}   Form rev. {#4}\n\n",
            "Name: {FullName}        Birthdate: {BirthDate}\nSubscriber ID: {MemberId}        Cell: {Phone}\nChart no.: {Mrn}        Last exam: {ServiceDate}\nTooth #{#1}{#1}, quote {#6}\n\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "claims desk mail", ending: "txt", people: 3, head: "", each: &[
            "Hi team,\nClaim {ClaimNumber} for {FullName} (born {BirthDate}) denied again, reason code {#2}. The member is {MemberId} under group {Group}. Can someone look at it? My extension is {#4}.\n\n",
            "Please update the subscriber id for {FullName}, it should be {MemberId}. DOB on file is {BirthDate} and the SSN we have is {Ssn}. Batch {#7} ran on {LoadDate}.\n\n",
            "The check for {ClaimNumber} was mailed on {LoadDate}. Patient {FullName}, DOS {ServiceDate}, amount {#3}.{#2}.\n\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "enrollment worksheet", ending: "txt", people: 3, head: "OPEN ENROLLMENT WORKSHEET\n", each: &[
            "\nEmployee              SSN              Date of birth\n{FullName}          {Ssn}      {BirthDate}\nHome phone            Member ID        Plan\n{Phone}      {MemberId}      {Plan}\n",
            "\n1. Full name? {FullName}\n2. Date of birth? {BirthDate}\n3. Social Security number? {Ssn}\n4. Mailing address? {Street}, {City}, {State} {Zip}\n5. How many people in your household? {#1}\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "lab report", ending: "txt", people: 2, head: "NORTH VALLEY CLINICAL LABORATORY\nCLIA {#2}D{#7}\n", each: &[
            "PATIENT: {FullName}            SEX: {Sex}\nBIRTH DT: {BirthDate}            PT NO: {Mrn}\nCOLLECTED: {ServiceDate}            ACC: {#8}\nGlucose  {#2}  mg/dL   65-99\nCreatinine 0.{#2}  mg/dL\nOrdered by: {ProviderName}, MD\n\n",
            "Report on {FullName}, chart {Mrn}, born {BirthDate}.\nSpecimen drawn {ServiceDate}; hemoglobin 1{#1}.{#1}, WBC {#1}.{#1}.\n\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "chat", ending: "txt", people: 4, head: "", each: &[
            "[10:{#2}] Agent: Hello! What is your name?\n[10:{#2}] Visitor: {FullName}\n[10:{#2}] Agent: Thanks. What's the member number on your card?\n[10:{#2}] Visitor: {MemberId}\n[10:{#2}] Agent: And your birthday?\n[10:{#2}] Visitor: {BirthDate}\n",
            "[11:{#2}] Visitor: hi its {FullName}, my ssn is {Ssn} and dob {BirthDate}\n[11:{#2}] Agent: I opened case {#7} for you.\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "rounding list", ending: "txt", people: 8, head: "4 WEST - ROUNDING LIST\n\n", each: &[
            "Rm 4{#2}  {FullName}  {BirthDate}  MRN {Mrn}  {Drug}\n",
            "Bed {#2}: {FullName} (DOB {BirthDate}, #{Mrn}) adm {ServiceDate}, labs {#2}/{#2}\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "wiki table", ending: "md", people: 6, head: "## Members to call back\n\n| Name | DOB | Member ID | Phone |\n|------|-----|-----------|-------|\n", each: &[
            "| {FullName} | {BirthDate} | {MemberId} | {Phone} |\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "drawn table", ending: "txt", people: 3, head: "+------------+----------+-----+\n| Patient | Birth date | MRN | SSN |\n+------------+----------+-----+\n", each: &[
            "| {FullName} | {BirthDate} | {Mrn} | {Ssn} |\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "pharmacy note", ending: "txt", people: 3, head: "", each: &[
            "Rx {RxNumber} {Drug} for {FullName} dob {BirthDate}, prescriber {ProviderName} (DEA {Dea}). Fill {#1} of 5, NDC {#5}-{#4}-{#2}.\n\n",
            "Caller {FullName} asked about a refill. Verified date of birth {BirthDate} and phone {Phone}. Cardholder {MemberId}. Ticket {#6}.\n\n",
        ] }),
        Box::new(Prose { half: HeldOut, format: "aviso", ending: "txt", people: 2, head: "", each: &[
            "Nombre del paciente: {FullName}\nFecha de nacimiento: {BirthDate}\nSeguro Social: {Ssn}\nNo. de expediente: {Mrn}\nTeléfono: {Phone}\nCita: {ServiceDate}\n\n",
        ] }),
    ]
}

impl Writer for Prose {
    fn half(&self) -> Split {
        self.half
    }

    fn write(&self, feed: &Feed, population: &Population, style: &Style, number: usize, rng: &mut Rng) -> Page {
        let stem = self.format.replace(' ', "_");
        let mut page = Page::new(format!("{stem}_{number:04}.{}", self.ending), self.format);
        page.text(self.head);
        // What is not written in words is a table's.
        for record in feed.records.iter().take(self.people) {
            let template = rng.pick(self.each);
            let mut rest = *template;
            while let Some((before, behind)) = rest.split_once('{') {
                page.text(&before.replace("}}", "}"));
                // Two braces are one that is written.
                if let Some(behind) = behind.strip_prefix('{') {
                    page.text("{");
                    rest = behind;
                    continue;
                }
                let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
                rest = after;
                if let Some(count) = name.strip_prefix('#') {
                    page.text(&rng.digits(count.parse().unwrap_or(1)));
                } else if let Some(field) = Field::by_name(name) {
                    let mut value = field.value(record, population, style, true, rng);
                    if value.is_empty() {
                        value = "none".to_string();
                        page.text(&value);
                    } else {
                        page.value(&value, truth_of(field), None);
                    }
                }
            }
            page.text(&rest.replace("}}", "}"));
        }
        page
    }
}
