//! Wire types and XML codec of the SOAP services.
