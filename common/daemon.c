/* A daemon under libuv: sockets around an engine.
 *
 * What comes in: frames of journals we read, fetches of those who read ours, views, HTTP requests, results of
 * outbound calls. What goes out: only what the engine releases after a commit. Fatal: a broken store, a
 * socket that cannot be bound, a site that cannot be read; the process ends with a sentence, its supervisor
 * starts it again. */
#include "common/daemon.h"

#include "common/engine.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/site.h"
#include "common/zmq_loop.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

enum {
    PEERS_MAX = 32,  /* pending fetches: consumers x lanes */
    PEER_BYTES = 64, /* routing ids are 5 bytes unless a peer chooses its own */
    LISTEN_MAX = 4,
    ASKS_MAX = 512,
    ASK_TIMEOUT_MS = 2000,
    HEARTBEAT_MS = 20000, /* an empty batch for who waits so long: it is alive, and its cursor comes back */
    QUIET_MS = 100,
    REFETCH_MS = 30000, /* nothing heard: ask again */
    TICK_MS = 3000,
    TICK_ASKING_MS = 1000, /* while somebody waits for an answer of another daemon */
    TURNS_A_ROUND = 4,     /* or fewer, see run_turns */
    BUSY_INPUTS = 3,       /* one report alone is no more at once */
    BUSY_TURN_MS = 3,
    BUSIER_INPUTS = 8,
    BUSIER_TURN_MS = 6,
    VIEW_FRAME_MAX = 8 << 20, /* a medium of 6 MiB, sealed; of our own console only */
    ANSWER_FRAME_MAX = 8 << 20,
    STORE_PATH = 400,
    SITE_PATH = 1024,
};

struct waiting_fetch {
    bool known; /* the place belongs to this consumer and lane, whether a fetch waits or not */
    bool used;
    uint8_t peer[PEER_BYTES];
    size_t peer_size;
    struct link_fetch fetch;
    int64_t since;
};

struct asked {
    bool outstanding;
    int64_t at;
};

struct ask {
    uint64_t number; /* 0: free */
    struct effect effect;
    int64_t until;
};

struct peer_socket {
    char name[LINK_NAME_MAX];
    struct zmq_loop_socket *socket;
};

struct options {
    const char *data_dir, *listen[LISTEN_MAX];
    char site_dir[SITE_PATH]; /* absolute: the process works in data_dir */
    unsigned listen_count;
    bool check;
};

struct process {
    const struct daemon *daemon;
    struct options options;
    uv_loop_t uv;
    struct daemon_loop loop; /* given to the daemon; found again by its address */
    struct zmq_loop *zmq;
    struct engine *engine;
    struct http_server *http;
    struct site_links *links;
    struct zmq_loop_socket *journal, *views, *door, *sources[ENGINE_LINKS_MAX];
    struct waiting_fetch waiting[PEERS_MAX];
    struct asked asked[ENGINE_LINKS_MAX][LANES];
    int64_t rest_until; /* monotonic: the first of the links that rest is asked again; INT64_MAX none */
    int64_t next_turn;  /* monotonic: not before, see run_turns */
    struct peer_socket peers[ENGINE_LINKS_MAX];
    unsigned peer_count;
    struct ask asks[ASKS_MAX];
    uv_timer_t timer, heartbeat;
    uv_signal_t terminate, interrupt;
    bool stopping, broken;
};

/* ---- rounds ---- */

static int64_t monotonic(void) {
    return clock_monotonic_ms(&clock_real);
}

/* A link that brought nothing for us rests: ten batches a second instead of one a turn of its producer, which
 * under load is half of all messages between daemons. */
static bool rests(struct process *process, unsigned link, enum lane lane, int64_t now) {
    int64_t until = process->asked[link][lane].at + QUIET_MS;
    if (until <= now || !engine_link_is_quiet(process->engine, link, lane))
        return false;
    process->rest_until = until < process->rest_until ? until : process->rest_until;
    return true;
}

static void send_fetches(struct process *process) {
    int64_t now = monotonic();
    process->rest_until = INT64_MAX;
    for (unsigned link = 0; link < engine_link_count(process->engine); link++) {
        for (enum lane lane = 0; lane < LANES; lane++) {
            struct asked *asked = &process->asked[link][lane];
            struct link_fetch fetch;
            if ((asked->outstanding && now - asked->at < REFETCH_MS) || rests(process, link, lane, now) ||
                !engine_fetch(process->engine, link, lane, &fetch))
                continue;
            struct buffer frame = BUFFER_MAX(4096);
            link_write_fetch(&frame, &fetch);
            asked->outstanding = zmq_loop_send(process->sources[link], NULL, 0, frame.bytes, frame.size);
            asked->at = now;
            buffer_free(&frame);
        }
    }
}

static void stop(struct process *process, bool broken);

static void on_due(uv_timer_t *timer) {
    zmq_loop_wake(((struct process *)timer->data)->zmq);
}

/* Sleeps until the next timer of the engine or the next fetch of a link that rests, at most an hour. */
static void set_alarm(struct process *process) {
    int64_t at = engine_wake_at(process->engine), now = clock_wall_ms(&clock_real), wait = 3600000;
    if (at != INT64_MAX && at - now < wait)
        wait = at <= now ? 1 : at - now;
    if (process->rest_until != INT64_MAX) {
        int64_t rest = process->rest_until - monotonic();
        wait = rest < 1 ? 1 : rest < wait ? rest : wait;
    }
    uv_timer_start(&process->timer, on_due, (uint64_t)wait, 0);
}

/* Under load turns begin some milliseconds apart, and the busier it is the further: however little one takes
 * in, it has a sync and pages of its own and wakes all who read its journal. And what it has given out leaves
 * when the loop comes round, which waits for no second turn then. */
static enum engine_outcome run_turns(struct process *process) {
    int64_t now = monotonic(), end = now + BUSY_TURN_MS;
    enum engine_outcome outcome = ENGINE_WORKED;
    for (int i = 0; i < TURNS_A_ROUND && now < end; i++) {
        int64_t begun = now;
        outcome = engine_turn(process->engine);
        if (outcome != ENGINE_WORKED)
            return outcome;
        send_fetches(process);
        now = monotonic();
        uint64_t inputs = engine_last_inputs(process->engine);
        if (inputs > BUSY_INPUTS) {
            process->next_turn = begun + (inputs > BUSIER_INPUTS ? BUSIER_TURN_MS : BUSY_TURN_MS);
            return outcome;
        }
    }
    return outcome;
}

static bool on_round(void *context) {
    struct process *process = context;
    if (process->stopping)
        return false;
    send_fetches(process);
    int64_t rest = process->next_turn - monotonic();
    if (rest > 0) {
        uv_timer_start(&process->timer, on_due, (uint64_t)rest, 0);
        return false;
    }
    switch (run_turns(process)) {
    case ENGINE_WORKED:
        return true;
    case ENGINE_IDLE:
        engine_idle(process->engine);
        set_alarm(process);
        return false;
    case ENGINE_BACKOFF:
        uv_timer_start(&process->timer, on_due, 50, 0);
        return false;
    case ENGINE_BROKEN:
        stop(process, true);
        return false;
    }
    return false;
}

/* ---- journals ---- */

static struct waiting_fetch *place_for(struct process *process, const struct link_fetch *fetch) {
    struct waiting_fetch *unused = NULL;
    for (unsigned i = 0; i < PEERS_MAX; i++) {
        struct waiting_fetch *place = &process->waiting[i];
        if (place->known && place->fetch.lane == fetch->lane &&
            strcmp(place->fetch.consumer, fetch->consumer) == 0)
            return place;
        if (!place->known && !unused)
            unused = place;
    }
    return unused;
}

/* An empty batch: the producer lives, and the consumer's next fetch brings its cursor back. */
static void send_alive(struct process *process, struct waiting_fetch *place) {
    struct journal *journal = engine_journal(process->engine);
    struct link_batch alive = {.lane = place->fetch.lane,
        .after = place->fetch.after,
        .head = journal_head(journal, place->fetch.lane)};
    struct buffer frame = BUFFER_MAX(512);
    snprintf(alive.journal, sizeof alive.journal, "%s", process->daemon->name);
    memcpy(alive.incarnation, journal_incarnation(journal), LINK_INCARNATION);
    link_write_batch(&frame, &alive, NULL, 0);
    zmq_loop_send(process->journal, place->peer, place->peer_size, frame.bytes, frame.size);
    buffer_free(&frame);
    place->used = false;
}

static bool serve(struct process *process, struct waiting_fetch *place) {
    struct buffer frame = BUFFER_MAX(LINK_FRAME_MAX);
    bool answered = engine_serve(process->engine, &place->fetch, &frame);
    if (answered) {
        zmq_loop_send_buffer(process->journal, place->peer, place->peer_size, &frame);
        place->used = false;
    }
    buffer_free(&frame);
    return answered;
}

static void refuse(struct process *process, const struct zmq_message *message, const char *reason) {
    struct buffer frame = BUFFER_MAX(512);
    link_write_refused(&frame, reason);
    zmq_loop_send(process->journal, message->peer, message->peer_size, frame.bytes, frame.size);
    buffer_free(&frame);
    log_line(LOG_WARN, "fetch-refused", "reason=%s", log_value(reason));
}

/* Over CURVE the ZAP user id says who reads; on a local socket its folder's rights do, and the name is
 * believed. */
static void on_fetch(void *context, unsigned tag, const struct zmq_message *message) {
    struct process *process = context;
    struct link_frame frame;
    (void)tag;
    link_read(message->frame, message->frame_size, &frame);
    if (frame.kind != LINK_FETCH || message->peer_size > PEER_BYTES)
        return refuse(process, message, "not a fetch");
    if (message->user[0] && strcmp(message->user, frame.fetch.consumer) != 0)
        return refuse(process, message, "the key belongs to another reader");
    if (!engine_is_read_by(process->engine, frame.fetch.consumer))
        return refuse(process, message, "not a reader of this journal"); /* and takes nobody's place */
    struct waiting_fetch *place = place_for(process, &frame.fetch);
    if (!place)
        return refuse(process, message, "too many readers");
    bool greet =
        !place->known || place->peer_size != message->peer_size ||
        memcmp(place->peer, message->peer, message->peer_size) != 0; /* a connection we did not know */
    *place = (struct waiting_fetch){.known = true,
        .used = true,
        .peer_size = message->peer_size,
        .fetch = frame.fetch,
        .since = monotonic()};
    memcpy(place->peer, message->peer, message->peer_size);
    if (!serve(process, place) && greet)
        send_alive(process, place);
}

static void on_grown(void *context) {
    struct process *process = context;
    for (unsigned i = 0; i < PEERS_MAX; i++)
        if (process->waiting[i].used)
            serve(process, &process->waiting[i]);
}

static void on_batch(void *context, unsigned tag, const struct zmq_message *message) {
    struct process *process = context;
    struct link_frame frame;
    link_read(message->frame, message->frame_size, &frame);
    if (frame.kind == LINK_BATCH || frame.kind == LINK_DIVERGED)
        process->asked[tag][frame.batch.lane].outstanding = false;
    engine_frame(process->engine, tag, &frame);
}

static void on_source_connected(void *context, unsigned tag) {
    struct process *process = context;
    for (enum lane lane = 0; lane < LANES; lane++)
        process->asked[tag][lane].outstanding = false;
    zmq_loop_wake(process->zmq);
}

static void on_heartbeat(uv_timer_t *timer) {
    struct process *process = timer->data;
    int64_t now = monotonic();
    for (unsigned i = 0; i < PEERS_MAX; i++)
        if (process->waiting[i].used && now - process->waiting[i].since >= HEARTBEAT_MS)
            send_alive(process, &process->waiting[i]);
    zmq_loop_wake(process->zmq);
}

/* ---- views, door, HTTP ---- */

struct origin {
    size_t size;
    uint8_t peer[];
};

static struct origin *origin_new(const struct zmq_message *message) {
    struct origin *origin = malloc(sizeof *origin + message->peer_size);
    if (!origin)
        return NULL;
    origin->size = message->peer_size;
    memcpy(origin->peer, message->peer, message->peer_size);
    return origin;
}

static void on_view(void *context, unsigned tag, const struct zmq_message *message) {
    struct process *process = context;
    struct origin *origin = origin_new(message);
    (void)tag;
    if (!origin || !engine_view(process->engine, message->frame, message->frame_size, origin))
        free(origin); /* the asker's time-out tells it */
}

static void on_submit(void *context, unsigned tag, const struct zmq_message *message) {
    struct process *process = context;
    struct origin *origin = origin_new(message);
    (void)tag;
    if (!origin || !engine_submit(process->engine, message->frame, message->frame_size, origin))
        free(origin);
}

static void on_view_answered(void *context, void *origin_data, const void *frame, size_t size) {
    struct process *process = context;
    struct origin *origin = origin_data;
    zmq_loop_send(process->views, origin->peer, origin->size, frame, size);
    free(origin);
}

static void on_submit_answered(void *context, void *origin_data, const void *frame, size_t size) {
    struct process *process = context;
    struct origin *origin = origin_data;
    zmq_loop_send(process->door, origin->peer, origin->size, frame, size);
    free(origin);
}

static void on_request(void *context, struct http_request *request) {
    struct process *process = context;
    if (engine_request(process->engine, http_request_view(request))) {
        zmq_loop_wake(process->zmq);
        return;
    }
    struct arena *arena = arena_new(1 << 20);
    struct answer answer = {.status = 503};
    if (arena)
        engine_refuse(process->engine, arena, http_request_view(request), &answer);
    http_answer(request, &answer);
    if (arena)
        arena_free(&arena);
}

static void on_answered(void *context, void *origin, const struct answer *answer) {
    (void)context;
    http_answer(origin, answer);
}

/* ---- outbound ---- */

static struct process *process_of(struct daemon_loop *loop) {
    return (struct process *)((char *)loop - offsetof(struct process, loop));
}

static void on_effect(void *context, const struct effect *effect) {
    struct process *process = context;
    if (process->daemon->perform)
        process->daemon->perform(process->engine ? engine_state(process->engine) : NULL, effect);
}

static bool finished(struct daemon_loop *loop, const struct effect_result *result) {
    struct process *process = process_of(loop);
    if (!process->engine) {
        free(result->bytes);
        return false;
    }
    bool heard = engine_effect_finished(process->engine, result);
    zmq_loop_wake(process->zmq);
    return heard;
}

static void on_asked_answer(void *context, unsigned tag, const struct zmq_message *message) {
    struct process *process = context;
    (void)tag;
    Sigap__ViewAnswer *answer = sigap__view_answer__unpack(NULL, message->frame_size, message->frame);
    if (!answer)
        return;
    for (unsigned i = 0; i < ASKS_MAX; i++) {
        struct ask *ask = &process->asks[i];
        if (!ask->number || ask->number != answer->number)
            continue;
        struct effect_result result = {
            .id = ask->effect.id, .kind = ask->effect.kind, .outcome = (int)answer->status};
        result.bytes = malloc(message->frame_size);
        if (result.bytes) {
            memcpy(result.bytes, message->frame, message->frame_size);
            result.size = message->frame_size;
        }
        ask->number = 0;
        finished(&process->loop, &result);
        break;
    }
    sigap__view_answer__free_unpacked(answer, NULL);
}

static void run_path(const char *name, const char *what, char *out, size_t room) {
    snprintf(out, room, "ipc://run/%s.%s", name, what);
}

static struct zmq_loop_socket *peer_socket(struct process *process, const char *name) {
    for (unsigned i = 0; i < process->peer_count; i++)
        if (strcmp(process->peers[i].name, name) == 0)
            return process->peers[i].socket;
    if (process->peer_count == ENGINE_LINKS_MAX)
        return NULL;
    char endpoint[STORE_PATH];
    struct error error = {0};
    run_path(name, "view", endpoint, sizeof endpoint);
    struct zmq_loop_socket *socket =
        zmq_loop_open(process->zmq, ZMQ_DEALER, ANSWER_FRAME_MAX, on_asked_answer, NULL, process, 0);
    if (!socket)
        return NULL;
    zmq_loop_be_patient(socket);
    if (!zmq_loop_connect(socket, endpoint, &error))
        return NULL;
    struct peer_socket *peer = &process->peers[process->peer_count++];
    snprintf(peer->name, sizeof peer->name, "%s", name);
    return peer->socket = socket;
}

static void fail_ask(struct process *process, const struct effect *effect) {
    struct effect_result result = {.id = effect->id, .kind = effect->kind, .outcome = EFFECT_UNKNOWN};
    snprintf(result.detail, sizeof result.detail, "no answer");
    finished(&process->loop, &result);
}

static void on_tick(uv_timer_t *timer);

static void ask(struct daemon_loop *loop, const char *daemon, const struct effect *effect, uint64_t number,
    const void *frame, size_t size) {
    struct process *process = process_of(loop);
    struct ask *place = NULL;
    for (unsigned i = 0; i < ASKS_MAX && !place; i++)
        if (!process->asks[i].number)
            place = &process->asks[i];
    struct zmq_loop_socket *socket = peer_socket(process, daemon);
    if (!place || !socket || !zmq_loop_send(socket, NULL, 0, frame, size))
        return fail_ask(process, effect);
    *place = (struct ask){number, *effect, monotonic() + ASK_TIMEOUT_MS};
    place->effect.what = NULL;
    if (uv_timer_get_repeat(&process->heartbeat) == TICK_MS)
        uv_timer_start(&process->heartbeat, on_tick, TICK_ASKING_MS, TICK_ASKING_MS);
}

/* Returns whether any is left. */
static bool expire_asks(struct process *process) {
    int64_t now = monotonic();
    bool left = false;
    for (unsigned i = 0; i < ASKS_MAX; i++) {
        if (!process->asks[i].number)
            continue;
        left = true;
        if (process->asks[i].until > now)
            continue;
        process->asks[i].number = 0;
        fail_ask(process, &process->asks[i].effect);
    }
    return left;
}

/* Idle daemons should hardly wake: six of them, each a second, were a third of all. */
static void on_tick(uv_timer_t *timer) {
    bool asking = expire_asks(timer->data);
    on_heartbeat(timer);
    uv_timer_set_repeat(timer, asking ? TICK_ASKING_MS : TICK_MS);
}

/* ---- start and stop ---- */

static bool usage(const struct daemon *daemon, const char *complaint) {
    fprintf(stderr,
        "%s%ssigap-%s: %s\nusage: sigap-%s --site DIR --data DIR [--http ADDRESS:PORT or unix:PATH]... "
        "[--verbose]\n"
        "       sigap-%s --site DIR --check\n",
        complaint ? complaint : "", complaint ? "\n" : "", daemon->name, daemon->purpose, daemon->name,
        daemon->name);
    for (const struct daemon_tool *tool = daemon->tools; tool && tool->word; tool++)
        fprintf(stderr, "       sigap-%s --site DIR %s    %s\n", daemon->name, tool->word, tool->purpose);
    return false;
}

static bool set_site(const struct daemon *daemon, struct options *options, const char *path) {
    char *absolute = realpath(path, NULL);
    bool fits = absolute && strlen(absolute) < SITE_PATH;
    if (fits)
        strcpy(options->site_dir, absolute);
    free(absolute);
    return fits || usage(daemon, "--site: there is no such folder");
}

static bool read_options(int argc, char **argv, const struct daemon *daemon, struct options *options) {
    static const struct option known[] = {{"data", required_argument, NULL, 'd'},
        {"site", required_argument, NULL, 's'}, {"http", required_argument, NULL, 'h'},
        {"check", no_argument, NULL, 'c'}, {"verbose", no_argument, NULL, 'v'}, {NULL, 0, NULL, 0}};
    for (int key; (key = getopt_long(argc, argv, "+", known, NULL)) != -1;) {
        if (key == 's' && !set_site(daemon, options, optarg))
            return false;
        if (key == 'd')
            options->data_dir = optarg;
        else if (key == 'h' && options->listen_count < LISTEN_MAX)
            options->listen[options->listen_count++] = optarg;
        else if (key == 'c')
            options->check = true;
        else if (key == 'v')
            log_set_level(LOG_DEBUG);
        else if (key != 's')
            return usage(daemon, NULL);
    }
    return options->site_dir[0] || usage(daemon, "--site is needed");
}

/* Words that need no running site. -1: none was given. */
static int run_tool(int argc, char **argv, const struct daemon *daemon, const struct options *options) {
    struct error error = {0};
    if (options->check) {
        if (!daemon->check || daemon->check(options->site_dir, &error))
            return 0;
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    if (optind >= argc)
        return -1;
    for (const struct daemon_tool *tool = daemon->tools; tool && tool->word; tool++)
        if (strcmp(tool->word, argv[optind]) == 0)
            return tool->run(argc - optind, argv + optind, options->site_dir);
    usage(daemon, "no such word");
    return 2;
}

static bool make_folder(const char *path, mode_t mode, struct error *error) {
    return mkdir(path, mode) == 0 || errno == EEXIST ||
           error_set(error, "%s cannot be made: %s", path, strerror(errno));
}

static bool enter_data(const struct process *process, struct error *error) {
    const char *data = process->options.data_dir;
    if (!make_folder(data, 0750, error))
        return false;
    if (chdir(data) != 0)
        return error_set(error, "%s: %s", data, strerror(errno));
    return make_folder("run", 0750, error) && make_folder(process->daemon->name, 0700, error);
}

/* Who reads us is written in the site's links, not here: a seventh daemon is a line there. */
static bool open_engine(struct process *process, struct error *error) {
    struct engine_link links[ENGINE_LINKS_MAX];
    struct engine_consumer consumers[ENGINE_CONSUMERS_MAX];
    const struct site_daemon *self = site_links_find(process->links, process->daemon->name);
    if (!self)
        return error_set(error, "the site's links.yaml does not name %s", process->daemon->name);
    char path[STORE_PATH];
    snprintf(path, sizeof path, "%s/store.db", process->daemon->name);
    struct engine_options options = {
        .daemon = process->daemon,
        .setup = {process->options.site_dir, ".", &clock_real, &random_real, false},
        .store = {.path = path, .reserve_bytes = process->daemon->reserve_bytes},
        .ports = {process, on_grown, on_answered, on_submit_answered, on_view_answered, on_effect},
        .links = links,
        .consumers = consumers,
        .keep_ms =
            8 * 24 * 3600 * INT64_C(1000), /* longer than the oldest backup that may be restored: 7 days */
    };
    if (self->reads_count > ENGINE_LINKS_MAX)
        return error_set(error, "links.yaml: %s reads more than %d journals", self->name, ENGINE_LINKS_MAX);
    for (unsigned i = 0; i < self->reads_count; i++)
        links[options.link_count++] = (struct engine_link){self->reads[i], self->start == SITE_LINK_NOW};
    for (unsigned i = 0; i < process->links->daemons_count && options.consumer_count < ENGINE_CONSUMERS_MAX;
         i++)
        if (site_links_may_read(process->links, process->links->daemons[i].name, self->name))
            consumers[options.consumer_count++] =
                (struct engine_consumer){process->links->daemons[i].name, process->links->daemons[i].core};
    process->engine = engine_open(&options, error);
    return process->engine != NULL;
}

/* DATA/keys/<name>.curve: public and secret key in Z85, a line each. */
static bool read_curve(
    const struct process *process, char public_key[41], char secret_key[41], struct error *error) {
    char path[STORE_PATH];
    snprintf(path, sizeof path, "keys/%s.curve", process->daemon->name);
    FILE *file = fopen(path, "r");
    bool read = file && fscanf(file, "%40s %40s", public_key, secret_key) == 2;
    if (file)
        fclose(file);
    return read || error_set(error, "%s: a link over tcp needs a key; make one with `sigapctl keys`", path);
}

static bool bind_journal(struct process *process, struct error *error) {
    const struct site_daemon *self = site_links_find(process->links, process->daemon->name);
    char endpoint[STORE_PATH], public_key[41], secret_key[41];
    run_path(process->daemon->name, "journal", endpoint, sizeof endpoint);
    process->journal = zmq_loop_open(process->zmq, ZMQ_ROUTER, 4096, on_fetch, NULL, process, 0);
    if (!process->journal)
        return error_set(error, "journal socket: %s", strerror(errno));
    if (self->endpoint) {
        for (unsigned i = 0; i < process->links->daemons_count; i++) {
            const struct site_daemon *reader = &process->links->daemons[i];
            if (reader->public_key && site_links_may_read(process->links, reader->name, self->name))
                zmq_loop_allow(process->zmq, reader->public_key, reader->name);
        }
        if (!read_curve(process, public_key, secret_key, error))
            return false;
        if (!zmq_loop_curve_server(process->journal, public_key, secret_key))
            return error_set(error, "CURVE cannot be set up");
    }
    return zmq_loop_bind(process->journal, self->endpoint ? self->endpoint : endpoint, error);
}

static bool connect_source(struct process *process, unsigned link, struct error *error) {
    const char *name = inbox_name(engine_inbox(process->engine, link));
    const struct site_daemon *source = site_links_find(process->links, name);
    char endpoint[STORE_PATH], public_key[41], secret_key[41];
    run_path(name, "journal", endpoint, sizeof endpoint);
    process->sources[link] =
        zmq_loop_open(process->zmq, ZMQ_DEALER, LINK_FRAME_MAX, on_batch, on_source_connected, process, link);
    if (!process->sources[link])
        return error_set(error, "link socket: %s", strerror(errno));
    if (source && source->endpoint) {
        if (!source->public_key || !read_curve(process, public_key, secret_key, error))
            return error_prefix(error, "link to %s", name);
        if (!zmq_loop_curve_client(process->sources[link], source->public_key, public_key, secret_key))
            return error_set(error, "CURVE cannot be set up");
    }
    return zmq_loop_connect(
        process->sources[link], source && source->endpoint ? source->endpoint : endpoint, error);
}

static bool open_sockets(struct process *process, struct error *error) {
    char endpoint[STORE_PATH];
    if (!bind_journal(process, error))
        return false;
    for (unsigned link = 0; link < engine_link_count(process->engine); link++)
        if (!connect_source(process, link, error))
            return false;
    process->views = zmq_loop_open(process->zmq, ZMQ_ROUTER, VIEW_FRAME_MAX, on_view, NULL, process, 0);
    run_path(process->daemon->name, "view", endpoint, sizeof endpoint);
    if (!process->views)
        return error_set(error, "view socket: %s", strerror(errno));
    if (!zmq_loop_bind(process->views, endpoint, error))
        return false;
    if (!process->daemon->on_submit)
        return true;
    process->door = zmq_loop_open(process->zmq, ZMQ_ROUTER, 256 << 10, on_submit, NULL, process, 0);
    run_path(process->daemon->name, "door", endpoint, sizeof endpoint);
    if (!process->door)
        return error_set(error, "door socket: %s", strerror(errno));
    return zmq_loop_bind(process->door, endpoint, error);
}

static size_t body_limit(void *context, const char *method, const char *path) {
    struct process *process = context;
    return process->daemon->body_limit(engine_state(process->engine), method, path);
}

static bool open_http(struct process *process, struct error *error) {
    if (!process->daemon->on_request || !process->options.listen_count)
        return true;
    struct http_server_options options = {.loop = &process->uv,
        .clock = &clock_real,
        .context = process,
        .on_request = on_request,
        .body_limit = process->daemon->body_limit ? body_limit : NULL,
        /* More than the engine lets wait (512), so that the rest is told so: x 12 KiB = 12 MiB when all are
         * there, and their bodies, see http_server.c. */
        .connections_max = 1024,
        .pending_max = 1024};
    process->http = http_server_new(&options, error);
    for (unsigned i = 0; process->http && i < process->options.listen_count; i++)
        if (!http_server_listen(process->http, process->options.listen[i], error))
            return false;
    return process->http != NULL;
}

static void on_signal(uv_signal_t *signal, int number) {
    (void)number;
    stop(signal->data, false);
}

static void on_walk(uv_handle_t *handle, void *context) {
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void on_http_closed(void *context) {
    struct process *process = context;
    uv_stop(&process->uv);
}

/* No turn is made any more; requests without an answer get 503. */
static void stop(struct process *process, bool broken) {
    if (process->stopping)
        return;
    process->stopping = true;
    process->broken = broken;
    if (broken)
        log_line(LOG_ERROR, "broken", "reason=%s", log_value(engine_complaint(process->engine)));
    if (process->http && !broken)
        http_server_close(&process->http, on_http_closed, process);
    else
        uv_stop(&process->uv);
}

static void start_timers(struct process *process) {
    uv_timer_init(&process->uv, &process->timer);
    uv_timer_init(&process->uv, &process->heartbeat);
    uv_signal_init(&process->uv, &process->terminate);
    uv_signal_init(&process->uv, &process->interrupt);
    process->timer.data = process->heartbeat.data = process->terminate.data = process->interrupt.data =
        process;
    uv_timer_start(&process->heartbeat, on_tick, TICK_MS, TICK_MS);
    uv_signal_start(&process->terminate, on_signal, SIGTERM);
    uv_signal_start(&process->interrupt, on_signal, SIGINT);
}

static bool open_all(struct process *process, struct error *error) {
    /* Every seal wants 24 random bytes: from a generator of our own process, seeded by the kernel, not a
     * system call each. */
    randombytes_set_implementation(&randombytes_internal_implementation);
    if (sodium_init() < 0)
        return error_set(error, "libsodium cannot be set up");
    process->links = site_links_load(process->options.site_dir, error);
    if (!process->links || !enter_data(process, error))
        return false;
    char path[STORE_PATH];
    snprintf(path, sizeof path, "%s/crashed", process->daemon->name);
    engine_mark_crashes(path);
    process->zmq = zmq_loop_new(&process->uv, error);
    if (!process->zmq || !open_engine(process, error) || !open_sockets(process, error))
        return false;
    if (process->daemon->connect &&
        !process->daemon->connect(engine_state(process->engine), &process->loop, error))
        return false;
    return open_http(process, error);
}

static void close_all(struct process *process) {
    if (process->daemon->disconnect && process->engine)
        process->daemon->disconnect(engine_state(process->engine));
    engine_close(&process->engine);
    if (process->zmq)
        zmq_loop_close(&process->zmq);
    uv_walk(&process->uv, on_walk, NULL);
    uv_run(&process->uv, UV_RUN_DEFAULT);
    uv_loop_close(&process->uv);
    site_links_free(&process->links);
}

int daemon_main(int argc, char **argv, const struct daemon *daemon) {
    static struct process process; /* large: pending fetches, asks */
    struct error error = {0};
    process = (struct process){.daemon = daemon};
    log_set_name(daemon->name);
    if (!read_options(argc, argv, daemon, &process.options))
        return 2;
    int status = run_tool(argc, argv, daemon, &process.options);
    if (status >= 0)
        return status;
    if (!process.options.data_dir) {
        usage(daemon, "--data is needed");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    /* One thread has the stores; SQLite's own locks and counters cost 3 % of a turn. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    umask(0027);
    uv_loop_init(&process.uv);
    process.loop = (struct daemon_loop){&process.uv, finished, ask, "."};
    if (!open_all(&process, &error)) {
        log_line(LOG_ERROR, "start-refused", "reason=%s", log_value(error.text));
        return 1; /* nothing was promised yet: the system takes the rest back */
    }
    /* What reading the site took and gave back is not this process's to keep while it waits. */
    malloc_trim(0);
    start_timers(&process);
    zmq_loop_on_round(process.zmq, on_round, &process);
    zmq_loop_wake(process.zmq);
    log_line(LOG_INFO, "started", "pid=%d", (int)getpid());
    uv_run(&process.uv, UV_RUN_DEFAULT);
    if (process.broken)
        _exit(70); /* the store's outcome is unknown: touch nothing more, the running mark stays */
    log_line(LOG_INFO, "stopped", "pid=%d", (int)getpid());
    close_all(&process);
    return 0;
}
