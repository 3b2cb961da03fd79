//! TLS on the TCP address, by the files that the configuration names.

use std::fs;
use std::path::Path;

use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use crate::config::Tls;
use crate::error::{Error, Result, os_text};

/// The server's certificate with its key, and the authority of its clients.
pub fn config(tls: &Tls) -> Result<ServerTlsConfig> {
    let mut config = ServerTlsConfig::new().identity(Identity::from_pem(read(&tls.cert)?, read(&tls.key)?));
    if let Some(ca) = &tls.ca {
        config = config.client_ca_root(Certificate::from_pem(read(ca)?));
    }
    Ok(config)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| Error::unknown(format!("TLS: read {}: {}", path.display(), os_text(&e))))
}
