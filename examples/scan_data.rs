//! Makes the data of `benches/scan.sh`. In: a folder and a size in MiB. Out: `program.txt`, `claims.csv` and `patients.csv`
//! of that size and `tree/` of 40,000 small files in it, the same on every machine, and the number of rows on standard
//! output. No two rows are equal, and no value is a person's. Refuses other arguments.

use std::fs::{File, create_dir_all, write};
use std::io::{BufWriter, Result, Write};
use std::path::Path;

#[path = "../benches/data.rs"]
#[allow(dead_code)]
mod data;

/// Files of the tree, in folders of a hundred.
const FILES: usize = 40_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let (Some(folder), Some(size)) = (arguments.get(1), arguments.get(2).and_then(|size| size.parse::<usize>().ok()))
    else {
        return Err(std::io::Error::other("usage: scan_data FOLDER MIB"));
    };
    let (folder, size) = (Path::new(folder), size << 20);
    create_dir_all(folder)?;
    // As long as half a cache at least, so that no repetition is seen.
    let program = data::Data::Program.make(size.min(32 << 20));
    let mut out = BufWriter::new(File::create(folder.join("program.txt"))?);
    for at in (0..size).step_by(program.len()) {
        out.write_all(&program[..program.len().min(size - at)])?;
    }
    out.flush()?;
    let claims = rows(&folder.join("claims.csv"), size, CLAIMS, claim)?;
    let patients = rows(&folder.join("patients.csv"), size, PATIENTS, patient)?;
    let mut from = 0;
    for number in 0..FILES {
        let folder = folder.join(format!("tree/d{:03}", number / 100));
        create_dir_all(&folder)?;
        let length = 200 + number * 7919 % 2900;
        write(folder.join(format!("f{:02}.txt", number % 100)), &program[from..from + length])?;
        from = (from + length) % (program.len() - 4096);
    }
    println_rows(claims, patients)
}

fn println_rows(claims: u64, patients: u64) -> Result<()> {
    writeln!(std::io::stdout(), "claims={claims}\npatients={patients}")
}

const CLAIMS: &str = "claim_id,line_no,from_date,thru_date,paid_date,billing_npi,rendering_npi,hcpcs,dx1,dx2,units,charge,allowed,paid,revenue_code,pos";
const PATIENTS: &str = "member_id,mrn,ssn,last_name,first_name,dob,phone,email,address,city,state,zip";

fn rows(path: &Path, size: usize, header: &str, row: fn(&mut Draw, u64) -> String) -> Result<u64> {
    let mut out = BufWriter::new(File::create(path)?);
    let (mut draw, mut count) = (Draw(7), 0);
    let mut written = header.len() + 1;
    writeln!(out, "{header}")?;
    while written < size {
        let row = row(&mut draw, count);
        written += row.len() + 1;
        writeln!(out, "{row}")?;
        count += 1;
    }
    out.flush()?;
    Ok(count)
}

/// Numbers drawn by a linear congruential generator.
struct Draw(u64);

impl Draw {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn within(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from)
    }

    fn date(&mut self, from: u64, to: u64) -> String {
        format!("{:04}-{:02}-{:02}", self.within(from, to), self.within(1, 13), self.within(1, 29))
    }

    /// Ten digits of which the last is the check digit over `80840` and the first nine.
    fn npi(&mut self) -> String {
        let body = 100_000_000 + self.below(100_000_000);
        let (mut sum, mut rest) = (24, body);
        for place in 0..9 {
            let digit = rest % 10 * if place % 2 == 0 { 2 } else { 1 };
            sum += if digit > 9 { digit - 9 } else { digit };
            rest /= 10;
        }
        format!("{body}{}", (10 - sum % 10) % 10)
    }

    fn amount(&mut self) -> String {
        format!("{}.{:02}", self.within(10, 2000), self.below(100))
    }
}

fn claim(draw: &mut Draw, row: u64) -> String {
    let dates = [draw.date(2025, 2026), draw.date(2025, 2026), draw.date(2025, 2026)].join(",");
    let npis = [draw.npi(), draw.npi()].join(",");
    let codes = format!("{},E11.{},I1{}", draw.within(99_201, 99_499), draw.below(10), draw.below(9));
    let amounts = [draw.amount(), draw.amount(), draw.amount()].join(",");
    let (line, units, revenue, pos) =
        (draw.within(1, 9), draw.within(1, 9), draw.within(100, 999), draw.within(11, 99));
    format!("C{:011},{line},{dates},{npis},{codes},{units},{amounts},0{revenue},{pos}", row * 13)
}

fn patient(draw: &mut Draw, row: u64) -> String {
    const GIVEN: [&str; 12] =
        ["Mary", "Linda", "Karen", "Donna", "Susan", "James", "Robert", "David", "Thomas", "Paul", "Kevin", "Brian"];
    const ONSET: [&str; 16] = ["B", "Br", "C", "D", "F", "G", "H", "K", "L", "M", "N", "P", "R", "S", "T", "W"];
    const MIDDLE: [&str; 12] = ["ad", "al", "an", "ar", "ed", "el", "en", "er", "ick", "ill", "old", "own"];
    const CODA: [&str; 10] = ["son", "man", "er", "ley", "ton", "field", "ford", "s", "berg", "ey"];
    let pick = |draw: &mut Draw, parts: &[&'static str]| parts[draw.below(parts.len() as u64) as usize];
    let given = pick(draw, &GIVEN);
    let last = [pick(draw, &ONSET), pick(draw, &MIDDLE), pick(draw, &CODA)].concat();
    let area = match draw.within(1, 772) {
        666 => 665,
        area => area,
    };
    let ssn = format!("{area:03}-{:02}-{:04}", draw.within(1, 100), draw.within(1, 10_000));
    let birth = draw.date(1925, 2021);
    let phone = format!(
        "({}) {}-{:04}",
        pick(draw, &["419", "205", "312", "917", "214"]),
        draw.within(200, 999),
        draw.below(10_000)
    );
    let email = format!("{}.{}{row}@mailhaven.net", given.to_lowercase(), last.to_lowercase());
    let (member, house, zip) = (draw.below(1_000_000_000), draw.within(1, 9999), draw.below(10_000));
    let mrn = 10_000_000 + row * 7;
    format!("QK{member:09},{mrn:08},{ssn},{last},{given},{birth},{phone},{email},{house} {last} St,Dayton,OH,4{zip:04}")
}
