/* Serves echo.h on loopback, a thread a connection, kept open. The one argument is a file with the
 * text to answer; the address goes to standard output. It does nothing else: no check, no storage,
 * no log. */
#include "soapH.h"
#include "echo.nsmap"
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

static char text[1 << 16];

int act__getLicense(struct soap *soap, char *order_id, int hosts, struct act__Host *host, char **result) {
  (void)host;
  if (!order_id || hosts < 1) return soap_sender_fault(soap, "orderId and host are wanted", NULL);
  *result = text;
  return SOAP_OK;
}

static void *serve(void *arg) {
  struct soap *soap = arg;
  pthread_detach(pthread_self());
  soap_serve(soap);
  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
  return NULL;
}

static int load(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return -1;
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  return fclose(file);
}

static int announce(struct soap *soap) {
  struct sockaddr_in address;
  socklen_t len = sizeof address;
  if (getsockname(soap->master, (struct sockaddr *)&address, &len)) return -1;
  printf("127.0.0.1:%d\n", ntohs(address.sin_port));
  return fflush(stdout);
}

int main(int argc, char **argv) {
  struct soap *soap = soap_new1(SOAP_IO_KEEPALIVE);
  pthread_t thread;
  if (argc != 2 || load(argv[1])) {
    fprintf(stderr, "usage: echo FILE\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  soap->max_keep_alive = 0;
  if (!soap_valid_socket(soap_bind(soap, "127.0.0.1", 0, 128)) || announce(soap)) {
    soap_print_fault(soap, stderr);
    return 1;
  }
  while (soap_valid_socket(soap_accept(soap))) {
    struct soap *copy = soap_copy(soap);
    if (!copy || pthread_create(&thread, NULL, serve, copy)) return 1;
  }
  soap_print_fault(soap, stderr);
  return 1;
}
