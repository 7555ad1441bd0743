//! HTTP: SOAP endpoints, portal, management.
