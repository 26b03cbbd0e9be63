/* A small SMTP and HTTP server in a thread: real sockets on 127.0.0.1, answers as the address or path asks.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum { FAKE_BODY_MAX = 16384 };

struct fake_server {
    int listening;
    unsigned port;
    bool smtp;
    pthread_t thread;
    pthread_mutex_t lock;
    unsigned taken;           /* whole mails or requests */
    char last[FAKE_BODY_MAX]; /* the newest: a mail with its envelope before it, or a request with its head */
};

/* SMTP: recipients "refused@" get 550, "later@" 451, "full@" 552 after the data, "cut@" a closed connection
 * after the data. HTTP: the status is the number in the path (/503); /cut closes without an answer. */
void fake_server_start(struct fake_server *server, bool smtp);
void fake_server_stop(struct fake_server *server);
