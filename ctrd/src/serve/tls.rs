//! TLS on the TCP address, by the files that the configuration names.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use crate::config::Tls;
use crate::error::{Error, Result, os_text};

/// Who has not said in this time who they are is let go: each that is not has a descriptor, and keeps an idle server.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The server's certificate with its key, and the authority of its clients.
pub fn config(tls: &Tls) -> Result<ServerTlsConfig> {
    let identity = Identity::from_pem(read(&tls.cert)?, read(&tls.key)?);
    let mut config = ServerTlsConfig::new().identity(identity).timeout(HANDSHAKE);
    if let Some(ca) = &tls.ca {
        config = config.client_ca_root(Certificate::from_pem(read(ca)?));
    }
    Ok(config)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| Error::unknown(format!("TLS: read {}: {}", path.display(), os_text(&e))))
}
