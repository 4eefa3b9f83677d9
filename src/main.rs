//! The binary: hands everything to the command line of the library.

fn main() -> std::process::ExitCode {
    phisweep::cli::run(std::env::args_os())
}
