#include "web.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct web_call {
    struct channel_web *web;
    struct web_call *next, **before;
    struct http_exchange *exchange;
    channel_done *done;
    void *context;
    struct message message; /* without its text: who it is about is enough */
};

static bool read_networks(struct channel_web *web, const char *text, struct error *error) {
    char copy[512], *rest = copy;
    snprintf(copy, sizeof copy, "%s", text ? text : "");
    for (char *each; (each = strsep(&rest, ", "));) {
        if (!each[0])
            continue;
        if (web->network_count == sizeof web->networks / sizeof *web->networks ||
            !http_network_read(each, &web->networks[web->network_count++]))
            return error_set(error, "networks: \"%s\" is no network, or there are more than 8", each);
    }
    return true;
}

/* Where ca_file lies: a name in DATA/keys, or a path of its own. "" without the option. */
static bool find_authorities(
    const struct channel_setup *setup, char *path, size_t room, struct error *error) {
    const char *file = channel_option_of(setup, "ca_file");
    int size = !file               ? snprintf(path, room, "%s", "")
               : strchr(file, '/') ? snprintf(path, room, "%s", file)
                                   : snprintf(path, room, "%s/keys/%s", setup->data_dir, file);
    if (size >= (int)room)
        return error_set(error, "ca_file: the path is too long");
    return !file || access(path, R_OK) == 0 ||
           error_set(error, "%s: cannot be read: %s", path, strerror(errno));
}

struct channel_web *channel_web_new(const struct channel_setup *setup, unsigned at_once, void *own,
    void (*settle)(
        const struct message *message, const struct http_result *result, struct channel_result *out),
    struct error *error) {
    struct channel_web *web = calloc(1, sizeof *web);
    const char *plain = channel_option_of(setup, "plain");
    char ca_file[512];
    if (!web) {
        free(own);
        error_set(error, "out of memory");
        return NULL;
    }
    web->own = own;
    web->settle = settle;
    web->allow_plain = plain && strcmp(plain, "yes") == 0;
    if (read_networks(web, channel_option_of(setup, "networks"), error) &&
        find_authorities(setup, ca_file, sizeof ca_file, error)) {
        struct http_client_options options = {.loop = setup->loop,
            .clock = setup->clock,
            .networks = web->networks,
            .network_count = web->network_count,
            .ca_file = ca_file,
            .mails_max = at_once,
            .per_host_max = at_once};
        web->client = http_client_new(&options, error);
    }
    if (!web->client) {
        free(own);
        free(web);
        return NULL;
    }
    return web;
}

static void forget(struct web_call *call) {
    *call->before = call->next;
    if (call->next)
        call->next->before = call->before;
    free(call);
}

static void on_answer(void *context, const struct http_result *result) {
    struct web_call *call = context;
    struct channel_result told = {.outcome = SEND_UNKNOWN};
    struct message message = call->message;
    channel_done *done = call->done;
    void *for_done = call->context;
    bool closed = call->web->closed;
    call->web->settle(&message, result, &told);
    forget(call);
    if (!closed)
        done(for_done, &message, &told);
}

void channel_web_send(struct channel_web *web, const struct message *message, struct http_call *http,
    channel_done *done, void *context) {
    struct web_call *call = calloc(1, sizeof *call);
    struct channel_result busy = {.outcome = SEND_BUSY, .retry_after_ms = 5000, .detail = "busy"};
    http->allow_plain = web->allow_plain;
    http->allow_private = web->network_count > 0;
    if (call) {
        *call = (struct web_call){
            .web = web, .next = web->calls, .before = &web->calls, .done = done, .context = context};
        memcpy(&call->message, message, offsetof(struct message, text));
        call->exchange = http_client_start(web->client, http, on_answer, call);
    }
    if (!call || !call->exchange) {
        free(call);
        done(context, message, &busy);
        return;
    }
    if (web->calls)
        web->calls->before = &call->next;
    web->calls = call;
}

static void on_closed(void *context) {
    struct channel_web *web = context;
    while (web->calls)
        forget(web->calls);
    free(web->own);
    free(web);
}

void channel_web_close(void **state) {
    struct channel_web *web = *state;
    *state = NULL;
    if (!web)
        return;
    web->closed = true;
    http_client_close(&web->client, on_closed, web);
}
