//! ctrd-shim
