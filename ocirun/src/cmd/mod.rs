//! The commands, one file each.

mod checkpoint;
mod completion;
mod create;
mod delete;
mod events;
mod exec;
mod features;
mod info;
mod kill;
mod lint;
mod list;
mod matching;
mod mounts;
mod pause;
mod ps;
mod restore;
mod resume;
mod run;
pub(crate) mod spec;
mod start;
mod state;
mod update;

use anyhow::Result;

use crate::cli::{Command, Global};

/// Runs a command; the status that the process is to exit with.
pub fn call(global: &Global, command: Command) -> Result<i32> {
    match command {
        Command::Checkpoint(c) => checkpoint::checkpoint(global, &c),
        Command::Completion(c) => completion::completion(&c),
        Command::Create(c) => create::create(global, &c),
        Command::Delete(c) => delete::delete(global, &c),
        Command::Events(c) => events::events(global, &c),
        Command::Exec(c) => exec::exec(global, &c),
        Command::Features(c) => features::features(&c),
        Command::Info(c) => info::info(&c),
        Command::Kill(c) => kill::kill(global, &c),
        Command::Lint(c) => lint::lint(&c),
        Command::List(c) => list::list(global, &c),
        Command::Mounts(c) => mounts::mounts(global, &c),
        Command::Pause(c) => pause::pause(global, &c),
        Command::Ps(c) => ps::ps(global, &c),
        Command::Restore(c) => restore::restore(global, &c),
        Command::Resume(c) => resume::resume(global, &c),
        Command::Run(c) => run::run(global, &c),
        Command::Spec(c) => spec::spec(&c),
        Command::Start(c) => start::start(global, &c),
        Command::State(c) => state::state(global, &c),
        Command::Update(c) => update::update(global, &c),
    }
}
