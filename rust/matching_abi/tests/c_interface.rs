//! Compiles a C program against the header with the system's compiler and lets it drive the shared library.
#![allow(clippy::expect_used)] // A test says what it missed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The shared library that cargo built beside this test.
fn shared_library() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.parent().expect("a program stands in a folder");
    let name =
        format!("{}crossbook_matching_abi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let candidates = [Some(folder), folder.parent()];
    let found = candidates.into_iter().flatten().map(|place| place.join(&name)).find(|path| path.exists());
    found.expect("cargo builds the shared library together with its tests")
}

#[test]
fn a_c_program_gets_the_reports_it_expects() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c_interface");
    let compiled = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()))
        .args(["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(here.join("include"))
        .arg(here.join("tests/c_interface.c"))
        .arg("-o")
        .arg(&program)
        .arg("-ldl")
        .output()
        .expect("a C compiler is installed");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let ran = Command::new(&program).arg(shared_library()).output().expect("the program starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(ran.stdout, b"ok\n");
}
