//! Processes of this machine, as /proc shows them.

use std::fs;

/// One process.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    pub pid: u32,
    pub parent: u32,
    /// Real, as this user namespace counts.
    pub uid: u32,
    pub threads: u32,
    /// Bytes in memory.
    pub resident: u64,
    /// Processor time so far, in hundredths of a second.
    pub time: u64,
    pub command: String,
}

/// A process, unless it has gone.
pub fn look(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let mut process = parse(pid, &stat, &status)?;
    if let Some(line) = command_line(pid) {
        process.command = line;
    }
    Some(process)
}

/// Every process that this one can see.
pub fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(look).collect()
}

/// proc(5): the name may hold blanks and brackets, so the fields are counted from its end.
fn parse(pid: u32, stat: &str, status: &str) -> Option<Process> {
    let (head, tail) = stat.rsplit_once(')')?;
    let name = head.split_once('(')?.1;
    let fields: Vec<&str> = tail.split_whitespace().collect();
    let number = |n: usize| fields.get(n).and_then(|text| text.parse::<u64>().ok());
    let of = |key: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        value.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some(Process {
        pid,
        parent: number(1)? as u32,
        uid: of("Uid")? as u32,
        threads: of("Threads")? as u32,
        resident: of("VmRSS").unwrap_or(0) * 1024,
        time: number(11)? + number(12)?,
        command: visible(&format!("[{name}]")),
    })
}

/// The command line of a process, with what would disturb a table made visible.
pub fn command_line(pid: u32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok().filter(|bytes| !bytes.is_empty())?;
    let words = bytes.strip_suffix(b"\0").unwrap_or(&bytes).split(|b| *b == 0);
    let text = words.map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    Some(visible(&text))
}

fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_are_no_trouble() {
        let stat = "7 (a) (b) S 3 7 7 0 -1 0 0 0 0 0 11 22 0 0 20 0 1 0 5 0 0";
        let status = "Name:\ta) (b\nUid:\t1000\t0\t0\t0\nVmRSS:\t  12 kB\nThreads:\t2\n";
        let process = parse(7, stat, status).unwrap();
        assert_eq!((process.parent, process.time, process.command.as_str()), (3, 33, "[a) (b]"));
        assert_eq!((process.uid, process.threads, process.resident), (1000, 2, 12 << 10));
        assert_eq!(parse(7, "", ""), None);
    }

    #[test]
    fn this_process_is_seen() {
        let own = look(std::process::id()).unwrap();
        assert!(own.resident > 0 && !own.command.is_empty());
        assert!(all().iter().any(|process| process.pid == own.pid));
    }
}
