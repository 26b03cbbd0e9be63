#include "services/intake/lmtp.h"

#include "common/buffer.h"
#include "services/intake/hook.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

enum {
    CONNECTIONS_MAX = 32, /* x 8 MiB of mail = 256 MiB at the very worst; Postfix opens 20 */
    LINE_MAX_BYTES = 1024,
    IDLE_MS = 120 * 1000
};

enum step { STEP_COMMANDS, STEP_DATA, STEP_WAITING };

struct peer {
    struct intake_lmtp *lmtp;
    struct peer *next, **before;
    uv_pipe_t pipe;
    uv_timer_t timer;
    unsigned handles; /* still open: freed with the last */
    uint64_t number;
    enum step step;
    bool greeted, sender_said, closing;
    const struct intake_channel *channel; /* of the recipient */
    struct buffer in, mail;
};

struct intake_lmtp {
    struct intake *intake;
    struct daemon_loop *loop;
    uv_pipe_t socket;
    struct peer *peers;
    unsigned peer_count;
    uint64_t next_number;
    bool closed;
};

/* What stands in front of a mail on its way into a turn. */
struct arrival_head {
    uint64_t peer;
    char bot[64];
};

/* --- sending --- */

struct line {
    uv_write_t write;
    char text[256];
};

static void on_sent(uv_write_t *write, int status) {
    (void)status;
    free(write->data);
}

static void say(struct peer *peer, const char *text) {
    struct line *line = calloc(1, sizeof *line);
    if (!line)
        return;
    snprintf(line->text, sizeof line->text, "%s\r\n", text);
    line->write.data = line;
    uv_buf_t piece = uv_buf_init(line->text, (unsigned)strlen(line->text));
    if (uv_write(&line->write, (uv_stream_t *)&peer->pipe, &piece, 1, on_sent) != 0)
        free(line);
}

/* --- the end of a connection --- */

static void on_peer_closed(uv_handle_t *handle) {
    struct peer *peer = handle->data;
    if (--peer->handles > 0)
        return;
    *peer->before = peer->next;
    if (peer->next)
        peer->next->before = peer->before;
    peer->lmtp->peer_count--;
    buffer_free(&peer->in);
    buffer_free(&peer->mail);
    struct intake_lmtp *lmtp = peer->lmtp;
    free(peer);
    if (lmtp->closed && !lmtp->peers && !lmtp->socket.data)
        free(lmtp);
}

static void peer_close(struct peer *peer) {
    if (peer->closing)
        return;
    peer->closing = true;
    uv_close((uv_handle_t *)&peer->pipe, on_peer_closed);
    uv_close((uv_handle_t *)&peer->timer, on_peer_closed);
}

static void on_idle(uv_timer_t *timer) {
    struct peer *peer = timer->data;
    say(peer, "421 4.4.2 too slow");
    peer_close(peer);
}

/* --- commands --- */

static const struct intake_channel *channel_of(const struct intake *intake, const char *address) {
    for (size_t i = 0; intake_channel_at(intake->channels, i); i++) {
        const struct intake_channel *channel = intake_channel_at(intake->channels, i);
        const char *own = intake_channel_option(channel, "address");
        if (own && strcasecmp(own, address) == 0)
            return channel;
    }
    return NULL;
}

static void recipient(struct peer *peer, const char *argument) {
    char address[256];
    const char *open = strchr(argument, '<'), *close = open ? strchr(open, '>') : NULL;
    snprintf(address, sizeof address, "%.*s", close ? (int)(close - open - 1) : 0, close ? open + 1 : "");
    const struct intake_channel *channel = channel_of(peer->lmtp->intake, address);
    if (!peer->sender_said)
        say(peer, "503 5.5.1 MAIL first");
    else if (!channel)
        say(peer, "550 5.1.1 no such mailbox here");
    else if (peer->channel) /* one mail, one recipient: the server sends the others by themselves */
        say(peer, "452 4.5.3 one recipient at a time");
    else {
        peer->channel = channel;
        say(peer, "250 2.1.5 ok");
    }
}

static void reset(struct peer *peer) {
    peer->sender_said = false;
    peer->channel = NULL;
    buffer_clear(&peer->mail, 0);
}

static bool is_command(const char *line, const char *word) {
    size_t size = strlen(word);
    return strncasecmp(line, word, size) == 0 && (line[size] == 0 || line[size] == ' ' || line[size] == ':');
}

static void obey(struct peer *peer, const char *line) {
    if (is_command(line, "LHLO")) {
        peer->greeted = true;
        reset(peer);
        say(peer, "250-sigap\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-"
                  "ENHANCEDSTATUSCODES\r\n250 SIZE 8388608");
    } else if (is_command(line, "HELO") || is_command(line, "EHLO")) {
        say(peer, "500 5.5.1 this is LMTP");
    } else if (is_command(line, "MAIL FROM")) {
        reset(peer);
        peer->sender_said = peer->greeted;
        say(peer, peer->greeted ? "250 2.1.0 ok" : "503 5.5.1 LHLO first");
    } else if (is_command(line, "RCPT TO")) {
        recipient(peer, line);
    } else if (is_command(line, "DATA")) {
        peer->step = peer->channel ? STEP_DATA : STEP_COMMANDS;
        say(peer, peer->channel ? "354 go on" : "503 5.5.1 RCPT first");
    } else if (is_command(line, "RSET") || is_command(line, "NOOP")) {
        if (is_command(line, "RSET"))
            reset(peer);
        say(peer, "250 2.0.0 ok");
    } else if (is_command(line, "QUIT")) {
        say(peer, "221 2.0.0 bye");
        peer_close(peer);
    } else {
        say(peer, "502 5.5.2 not here");
    }
}

/* --- a mail --- */

/* Of what is in it, for it comes again when nobody has answered: by its id the engine knows the input that
 * ends the process, and with one id for all that one would keep out every mail (common/guard.c). */
static struct id id_of_mail(const char *bot, const struct buffer *mail) {
    crypto_generichash_state state;
    struct id id;
    crypto_generichash_init(&state, NULL, 0, sizeof id.bytes);
    crypto_generichash_update(&state, (const uint8_t *)bot, strlen(bot) + 1);
    crypto_generichash_update(&state, mail->bytes, mail->size);
    crypto_generichash_final(&state, id.bytes, sizeof id.bytes);
    return id;
}

static void hand_in(struct peer *peer) {
    struct arrival_head head = {.peer = peer->number};
    struct effect_result result = {
        .id = id_of_mail(peer->channel->bot, &peer->mail), .kind = EFFECT_MAIL, .outcome = 0};
    snprintf(head.bot, sizeof head.bot, "%s", peer->channel->bot);
    result.size = sizeof head + peer->mail.size;
    result.bytes = peer->mail.failed ? NULL : malloc(result.size);
    if (!result.bytes) {
        say(peer, peer->mail.failed ? "552 5.3.4 over 8 MiB" : "451 4.3.0 no memory");
        reset(peer);
        peer->step = STEP_COMMANDS;
        return;
    }
    memcpy(result.bytes, &head, sizeof head);
    if (peer->mail.size)
        memcpy((char *)result.bytes + sizeof head, peer->mail.bytes, peer->mail.size);
    peer->step = STEP_WAITING;
    buffer_clear(&peer->mail, 0);
    peer->lmtp->loop->finished(peer->lmtp->loop, &result);
}

/* A line with its end. The dot that stands before a dot is not part of the mail (RFC 5321 4.5.2). */
static void mail_line(struct peer *peer, const char *line, size_t size) {
    if (size <= 3 && line[0] == '.' && (size == 2 || line[1] == '\r')) {
        hand_in(peer);
        return;
    }
    bool stuffed = line[0] == '.';
    buffer_add(&peer->mail, line + stuffed, size - stuffed);
}

/* Takes whole lines off what has come in, until an answer must be waited for. */
static void work(struct peer *peer) {
    size_t at = 0;
    while (!peer->closing && peer->step != STEP_WAITING && at < peer->in.size) {
        char *line = (char *)peer->in.bytes + at, *end = memchr(line, '\n', peer->in.size - at);
        size_t size = end ? (size_t)(end - line) + 1 : 0;
        if (!end)
            break;
        at += size;
        if (peer->step == STEP_DATA) {
            mail_line(peer, line, size);
            continue;
        }
        *end = 0;
        if (size > 1 && end[-1] == '\r')
            end[-1] = 0;
        obey(peer, line);
    }
    memmove(peer->in.bytes, peer->in.bytes + at, peer->in.size - at);
    peer->in.size -= at;
    if (peer->in.failed || (peer->step == STEP_COMMANDS && peer->in.size > 64 * LINE_MAX_BYTES))
        peer_close(peer);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *piece) {
    struct peer *peer = handle->data;
    (void)suggested;
    uint8_t *room = buffer_room(&peer->in, 64 * 1024);
    *piece = uv_buf_init((char *)room, room ? 64 * 1024 : 0);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *piece) {
    struct peer *peer = stream->data;
    (void)piece;
    if (size < 0) {
        peer_close(peer);
        return;
    }
    peer->in.size += (size_t)size;
    uv_timer_again(&peer->timer);
    work(peer);
    if (peer->step == STEP_WAITING && !peer->closing)
        uv_read_stop(stream);
}

/* --- life --- */

static void on_connection(uv_stream_t *socket, int status) {
    struct intake_lmtp *lmtp = socket->data;
    struct peer *peer = status == 0 ? calloc(1, sizeof *peer) : NULL;
    if (!peer)
        return;
    peer->lmtp = lmtp;
    peer->number = ++lmtp->next_number;
    peer->in = BUFFER_MAX(256 * 1024);
    peer->mail = BUFFER_MAX(LMTP_MAIL_MAX);
    peer->pipe.data = peer->timer.data = peer;
    uv_pipe_init(lmtp->loop->uv, &peer->pipe, 0);
    uv_timer_init(lmtp->loop->uv, &peer->timer);
    peer->handles = 2;
    peer->next = lmtp->peers;
    peer->before = &lmtp->peers;
    if (peer->next)
        peer->next->before = &peer->next;
    lmtp->peers = peer;
    lmtp->peer_count++;
    if (uv_accept(socket, (uv_stream_t *)&peer->pipe) != 0 || lmtp->peer_count > CONNECTIONS_MAX) {
        peer_close(peer);
        return;
    }
    uv_timer_start(&peer->timer, on_idle, IDLE_MS, IDLE_MS);
    say(peer, "220 sigap LMTP");
    uv_read_start((uv_stream_t *)&peer->pipe, on_room, on_read);
}

static bool has_mailbox(const struct intake *intake) {
    for (size_t i = 0; intake_channel_at(intake->channels, i); i++)
        if (intake_channel_option(intake_channel_at(intake->channels, i), "address"))
            return true;
    return false;
}

static void on_socket_closed(uv_handle_t *handle) {
    struct intake_lmtp *lmtp = handle->data;
    lmtp->socket.data = NULL;
    if (!lmtp->peers)
        free(lmtp);
}

bool intake_lmtp_open(struct intake *intake, struct daemon_loop *loop, struct error *error) {
    const char *told = getenv("SIGAP_LMTP");
    const char *path = told && *told ? told : "run/intake.lmtp"; /* in DATA, where the daemon works */
    if (!has_mailbox(intake))
        return true;
    struct intake_lmtp *lmtp = calloc(1, sizeof *lmtp);
    if (!lmtp)
        return error_set(error, "out of memory");
    lmtp->intake = intake;
    lmtp->loop = loop;
    lmtp->socket.data = lmtp;
    unlink(path);
    uv_pipe_init(loop->uv, &lmtp->socket, 0);
    intake->lmtp = lmtp;
    int status = uv_pipe_bind(&lmtp->socket, path);
    status = status == 0 ? uv_listen((uv_stream_t *)&lmtp->socket, CONNECTIONS_MAX, on_connection) : status;
    if (status == 0 && chmod(path, 0660) != 0)
        status = uv_translate_sys_error(errno);
    return status == 0 || error_set(error, "%s: %s", path, uv_strerror(status));
}

void intake_lmtp_close(struct intake *intake) {
    struct intake_lmtp *lmtp = intake->lmtp;
    intake->lmtp = NULL;
    if (!lmtp)
        return;
    lmtp->closed = true;
    for (struct peer *peer = lmtp->peers, *next; peer; peer = next) {
        next = peer->next;
        peer_close(peer);
    }
    uv_close((uv_handle_t *)&lmtp->socket, on_socket_closed);
}

/* --- turns --- */

struct mail_answer {
    uint64_t peer;
    bool kept;
};

void intake_lmtp_take(struct turn *turn, const struct effect_result *result) {
    struct intake *intake = turn->state;
    struct arrival_head head;
    struct mail_answer said = {0};
    if (result->size < sizeof head)
        return;
    memcpy(&head, result->bytes, sizeof head);
    said.peer = head.peer;
    const struct intake_channel *channel = intake_channel_of_bot(intake->channels, head.bot);
    if (channel) {
        const struct hook_from from = hook_from_channel(channel);
        said.kept = hook_take(turn, channel->source, &from, (const char *)result->bytes + sizeof head,
            result->size - sizeof head);
    }
    const struct effect effect = {turn_id(turn), EFFECT_MAIL_ANSWER, &said, sizeof said};
    turn_effect(turn, &effect);
}

void intake_lmtp_answer(struct intake *intake, const struct effect *effect) {
    const struct mail_answer *said = effect->what;
    struct peer *peer = intake->lmtp ? intake->lmtp->peers : NULL;
    while (peer && peer->number != said->peer)
        peer = peer->next;
    if (!peer || peer->closing)
        return; /* gone: it comes again, and is known */
    say(peer, said->kept ? "250 2.0.0 kept" : "451 4.3.1 no room, come again");
    reset(peer);
    peer->step = STEP_COMMANDS;
    work(peer);
    if (peer->step != STEP_WAITING && !peer->closing)
        uv_read_start((uv_stream_t *)&peer->pipe, on_room, on_read);
}
