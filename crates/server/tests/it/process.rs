//! Starts the program with an environment of its own, in a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use kernel::Stopwatch;
use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take before the test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The folder of the repository. Asked for when the test runs: checkouts that share a build folder share this program.
#[expect(
    clippy::disallowed_methods,
    reason = "Cargo says there where a test's crate lies"
)]
pub(crate) fn root() -> PathBuf {
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    Path::new(&own).ancestors().nth(2).unwrap().to_owned()
}

/// A folder to run in; nothing of the machine's environment is passed on.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env_clear()
            .env("GUILDHALL_HTTP_ADDR", "127.0.0.1:0")
            .env("GUILDHALL_GRPC_ADDR", "127.0.0.1:0")
            .env("GUILDHALL_OPS_ADDR", "127.0.0.1:0")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
        Said::from(self.command(arguments, environment).output().unwrap())
    }

    /// Starts a server, and waits until it says that it runs.
    pub(crate) fn start(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Server {
        let mut server = self.launch(arguments, environment);
        let child = server.child.as_mut().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut server.said).unwrap();
        if server.said.is_empty() {
            let (said, _) = server.wait();
            panic!("the server did not start: {said:?}");
        }
        server
    }

    /// Starts a server whose log is kept in a file, however long it gets.
    pub(crate) fn launch_logging(&self, environment: &[(&str, &str)], log: &str) -> Server {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.path(log))
            .unwrap();
        let mut command = self.command(&["run"], environment);
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn();
        Server {
            said: String::new(),
            data_dir: self.data_dir(),
            child: Some(child.unwrap()),
        }
    }

    /// Runs the program at a terminal of its own; what it prints as its answer is kept apart from what it asks.
    pub(crate) fn at_terminal(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Screen {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let terminal = open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let mut command = self.command(arguments, environment);
        command
            .stdin(terminal.try_clone().unwrap())
            .stderr(terminal);
        let child = command.spawn().unwrap();
        Screen {
            master: fs::File::from(master),
            child,
            shown: String::new(),
            seen: 0,
        }
    }

    /// Starts a program that says several lines when it is ready, and waits for the last of them.
    pub(crate) fn start_until(&self, arguments: &[&str], last: &str) -> Server {
        let mut server = self.launch(arguments, &[]);
        let child = server.child.as_mut().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        while !server.said.lines().any(|line| line.starts_with(last)) {
            let read = stdout.read_line(&mut server.said).unwrap();
            assert!(read > 0, "it ended before `{last}`: {}", server.said);
        }
        server
    }

    /// Starts a server that may take its time to run.
    pub(crate) fn launch(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Server {
        let child = self.command(arguments, environment).spawn().unwrap();
        Server {
            said: String::new(),
            data_dir: self.data_dir(),
            child: Some(child),
        }
    }
}

/// A terminal with the program at it.
pub(crate) struct Screen {
    master: fs::File,
    child: Child,
    shown: String,
    seen: usize,
}

impl Screen {
    /// Waits until the terminal shows these words after all that was waited for before.
    pub(crate) fn see(&mut self, words: &str) {
        loop {
            if let Some(place) = self.shown[self.seen..].find(words) {
                self.seen += place + words.len();
                return;
            }
            let mut some = [0; 1_024];
            let read = self.master.read(&mut some).unwrap_or(0);
            assert!(read > 0, "it ended before `{words}`: {}", self.shown);
            self.shown.push_str(&String::from_utf8_lossy(&some[..read]));
        }
    }

    /// The same, and types a line then.
    pub(crate) fn answer(&mut self, words: &str, line: &str) {
        self.see(words);
        writeln!(self.master, "{line}").unwrap();
    }

    /// Waits for the end; its complaints are all that the terminal showed.
    pub(crate) fn end(mut self) -> Said {
        let mut rest = Vec::new();
        // The end of a terminal is an error to whoever reads it.
        let _ = self.master.read_to_end(&mut rest);
        self.shown.push_str(&String::from_utf8_lossy(&rest));
        let output = self.child.wait_with_output().unwrap();
        Said {
            stderr: self.shown,
            ..Said::from(output)
        }
    }
}

/// What a run said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// A running server, ended with the test.
pub(crate) struct Server {
    pub(crate) said: String,
    data_dir: PathBuf,
    child: Option<Child>,
}

impl Server {
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub(crate) fn address(&self, name: &str) -> String {
        self.known(name).unwrap()
    }

    /// Asks the machinery's address until the answer holds these words.
    pub(crate) fn wait_for_answer(&self, path: &str, words: &str) -> String {
        let watch = Stopwatch::start();
        let mut last = String::new();
        while watch.elapsed() < PATIENCE {
            if let Some(address) = self.known("ops_addr") {
                last = get(&address, path).1;
                if last.contains(words) {
                    return last;
                }
            }
        }
        panic!("`{words}` is not in what {path} answers: {last}");
    }

    /// Waits until its bot is connected and everything it serves is open. A bot may be there first.
    pub(crate) fn wait_until_ready(&self) {
        self.wait_for_answer("/readyz", r#""discord":{"status":"ready""#);
        let watch = Stopwatch::start();
        while self.get("ops_addr", "/readyz").0 != 200 {
            assert!(watch.elapsed() < PATIENCE, "it never says that it is ready");
        }
    }

    fn known(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.data_dir.join("run.json")).ok()?;
        let document: Value = serde_json::from_str(&text).ok()?;
        document[name].as_str().map(str::to_owned)
    }

    /// Asks one of its addresses; gives the status and the whole answer.
    pub(crate) fn get(&self, name: &str, path: &str) -> (u16, String) {
        get(&self.address(name), path)
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let id = i32::try_from(self.id()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Waits for its end, and says how long that took.
    pub(crate) fn wait(mut self) -> (Said, Duration) {
        let watch = Stopwatch::start();
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        (Said::from(output), watch.elapsed())
    }

    /// Asks for a clean end and waits for it.
    pub(crate) fn stop(self) -> (Said, Duration) {
        self.signal(rustix::process::Signal::TERM);
        self.wait()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    get_with(address, path, "Accept: */*")
}

/// The same with a header of the caller's own.
pub(crate) fn get_with(address: &str, path: &str, header: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: DiscordBot (test, 1)\r\n{header}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

/// Sends a body; the header says of which kind it is.
pub(crate) fn post(address: &str, path: &str, kind: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

/// A header of an answer.
pub(crate) fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let mut lines = answer.lines().take_while(|line| !line.is_empty());
    let found = lines.find_map(|line| {
        let (known, value) = line.split_once(": ")?;
        known.eq_ignore_ascii_case(name).then_some(value)
    });
    found.unwrap_or_default()
}

/// The cookie that an answer sets, as a browser sends it back.
pub(crate) fn cookie(answer: &str) -> &str {
    header(answer, "set-cookie").split(';').next().unwrap()
}

/// The permissions of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
