/* A bare service for comparison: the request of getLicense in, a text out. */
//gsoap act service name: echo
//gsoap act service namespace: urn:license-distribution-service:activation:v1
//gsoap act service style: document
//gsoap act service encoding: literal
//gsoap act schema elementForm: qualified
struct act__Host {
  char *type 1;
  char *value 1;
};
int act__getLicense(char *orderId, int __sizehost, struct act__Host *host, char **result);
