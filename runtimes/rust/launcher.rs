//! Speaks the action loop for a function: a line of JSON in on descriptor 0, a line out on descriptor 3.

use actions::main as action;
use serde_json::{json, Value};
use std::env;
use std::os::raw::c_int;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::io::{AsRawFd, FromRawFd};

const RESULTS: i32 = 3;
const CLOSE_ON_EXEC: c_int = 1;
const SET_FLAGS: c_int = 2;

extern "C" {
    fn dup(from: c_int) -> c_int;
    fn dup2(from: c_int, to: c_int) -> c_int;
    fn fcntl(fd: c_int, command: c_int, argument: c_int) -> c_int;
}

fn main() -> io::Result<()> {
    let lines = BufReader::with_capacity(65_536, moved_input()?);
    let mut results = unsafe { File::from_raw_fd(RESULTS) };
    if env::var_os("__OW_WAIT_FOR_ACK").map_or(false, |wish| !wish.is_empty()) {
        results.write_all(b"{\"ok\":true}\n")?;
    }
    for line in lines.lines() {
        let mut answer = answer_to(&line?).into_bytes();
        answer.push(b'\n');
        io::stdout().flush()?;
        io::stderr().flush()?;
        results.write_all(&answer)?; // one write: an answer is never seen in part
    }
    Ok(())
}

/// Runs the action with a line's arguments, in its context.
fn answer_to(line: &str) -> String {
    let message: Value = match serde_json::from_str(line) {
        Ok(message) => message,
        Err(error) => return failure(&error),
    };
    let mut value = json!({});
    if let Value::Object(members) = message {
        for (key, member) in members {
            if key == "value" {
                if !member.is_null() {
                    value = member;
                }
                continue;
            }
            let name = format!("__OW_{}", key.to_uppercase());
            match member {
                Value::String(text) => env::set_var(name, text),
                other => env::set_var(name, other.to_string()),
            }
        }
    }
    match action(value) {
        Ok(result) => result.to_string(),
        Err(error) => failure(&error),
    }
}

fn failure(error: &dyn std::fmt::Display) -> String {
    json!({ "error": error.to_string() }).to_string()
}

/// Moves the lines to a descriptor of their own, which nothing that the action starts inherits.
fn moved_input() -> io::Result<File> {
    let empty = OpenOptions::new().read(true).open("/dev/null")?;
    unsafe {
        let moved = dup(0);
        if moved < 0 {
            return Err(io::Error::last_os_error());
        }
        fcntl(moved, SET_FLAGS, CLOSE_ON_EXEC);
        fcntl(RESULTS, SET_FLAGS, CLOSE_ON_EXEC);
        dup2(empty.as_raw_fd(), 0);
        Ok(File::from_raw_fd(moved))
    }
}
