//! `ctrd kill`.

use anyhow::{Context, Result};

use super::Session;
use crate::cli::Kill;
use crate::client::container;
use crate::client::process::{self, Name};
use crate::error::Kind;
use crate::signal;
use crate::spec::label::STOP_SIGNAL;

pub async fn kill(session: &Session, args: &Kill) -> Result<i32> {
    let text = match &args.signal {
        Some(text) => text.clone(),
        None => {
            let container = container::get(&session.client, &args.container).await?;
            container.labels.get(STOP_SIGNAL).cloned().unwrap_or_else(|| "SIGTERM".to_string())
        }
    };
    let signal = signal::number(&text).with_context(|| format!("signal {text:?}: unknown"))?;
    let name = Name { container: args.container.clone(), exec: args.exec_id.clone() };
    match process::kill(&session.client, &name, signal, args.all).await {
        Err(e) if e.kind == Kind::NotFound && name.exec.is_none() => {
            match process::status(&session.client, &args.container).await {
                Err(missing) => Err(missing.into()),
                Ok(_) => Err(e.into()),
            }
        }
        other => Ok(other.map(|()| 0)?),
    }
}
