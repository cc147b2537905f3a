//! The part of protoc that Rust build scripts use: descriptor sets from proto files.
//!
//! Understands `--version`, `-o OUT` / `--descriptor_set_out=OUT`, `-I DIR` / `-IDIR` /
//! `--proto_path=DIR`, `--include_imports`, `--include_source_info` and file names.

use std::error::Error;
use std::path::PathBuf;

use prost::Message as _;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out: Option<PathBuf> = None;
    let mut includes: Vec<PathBuf> = Vec::new();
    let mut files: Vec<PathBuf> = Vec::new();
    let mut imports = false;
    let mut source_info = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--version" => {
                println!("libprotoc 27.0");
                return Ok(());
            }
            "--include_imports" => imports = true,
            "--include_source_info" => source_info = true,
            "--experimental_allow_proto3_optional" => {}
            "-o" => out = args.next().map(PathBuf::from),
            "-I" => includes.extend(args.next().map(PathBuf::from)),
            _ => {
                if let Some(value) = arg.strip_prefix("--descriptor_set_out=") {
                    out = Some(value.into());
                } else if let Some(value) = arg.strip_prefix("--proto_path=") {
                    includes.push(value.into());
                } else if let Some(value) = arg.strip_prefix("-o") {
                    out = Some(value.into());
                } else if let Some(value) = arg.strip_prefix("-I") {
                    includes.push(value.into());
                } else if arg.starts_with('-') {
                    return Err(format!("protoc stand-in: unknown option {arg}").into());
                } else {
                    files.push(arg.into());
                }
            }
        }
    }
    let out = out.ok_or("protoc stand-in: no output file given (-o)")?;
    if includes.is_empty() {
        includes.push(".".into());
    }
    let mut compiler = protox::Compiler::new(includes)?;
    compiler.include_imports(imports).include_source_info(source_info);
    compiler.open_files(files)?;
    std::fs::write(out, compiler.file_descriptor_set().encode_to_vec())?;
    Ok(())
}
