/* Requests that wait for a turn. While they are few they are heard in the order in which they came. In a
 * crowd, which not every turn can take whole, what may be urgent goes before what is calm, whenever it came,
 * and has room of its own; who would wait long is told so at once, or after some time. */
#include "common/engine_internal.h"

#include <string.h>

enum { WEARY_MS = 2000 };

static bool may_be_urgent(const struct engine *engine, const struct request *request) {
    return engine->daemon->request_is_urgent && engine->daemon->request_is_urgent(engine->state, request);
}

/* Moves one that waits behind the others that are known to be urgent. */
static void move_forward(struct engine *engine, unsigned from) {
    struct waiting moved = engine->requests[from], *to = &engine->requests[engine->request_urgent++];
    memmove(to + 1, to, (size_t)(&engine->requests[from] - to) * sizeof *to);
    *to = moved;
}

/* Nobody has looked at those that came while they were few. One of them that may be urgent would stay behind
 * all that come from now on, as long as those fill each turn. */
static void look_at_all(struct engine *engine) {
    for (unsigned i = engine->request_urgent; i < engine->request_count; i++) {
        struct waiting *waiting = &engine->requests[i];
        if (waiting->looked)
            continue;
        waiting->looked = true;
        if (may_be_urgent(engine, &waiting->request))
            move_forward(engine, i);
    }
}

static void add(struct engine *engine, const struct waiting *waiting, bool urgent) {
    engine->requests[engine->request_count] = *waiting;
    if (urgent)
        move_forward(engine, engine->request_count);
    engine->request_count++;
}

bool engine_request(struct engine *engine, const struct request *request) {
    unsigned count = engine->request_count;
    bool low = engine->tight || store_low(engine->store), knows = engine->daemon->request_is_urgent != NULL;
    bool crowd = knows && (low || count >= REQUESTS_CROWD);
    bool urgent = crowd && may_be_urgent(engine, request);
    if (crowd && count && !engine->requests[count - 1].looked) /* those are the last ones, always */
        look_at_all(engine);
    if (!urgent && (count >= REQUESTS_MAX || (knows && low)))
        return false;
    if (count == REQUESTS_MAX + REQUESTS_URGENT_EXTRA)
        return false;
    if (urgent)
        engine->backoff_until = 0; /* a life does not wait until the others may try again */
    add(engine, &(struct waiting){*request, engine_monotonic(engine), crowd}, urgent);
    return true;
}

void crowd_drop_taken(struct engine *engine) {
    unsigned taken = engine->request_taken;
    engine->request_count -= taken;
    memmove(engine->requests, engine->requests + taken, engine->request_count * sizeof *engine->requests);
    engine->request_urgent -= engine->request_urgent < taken ? engine->request_urgent : taken;
    engine->request_taken = 0;
}

/* ---- refusals ---- */

void engine_refuse(
    struct engine *engine, struct arena *arena, const struct request *request, struct answer *answer) {
    if (engine->daemon->refuse_request) {
        engine->daemon->refuse_request(engine->state, arena, request, answer);
        return;
    }
    *answer = (struct answer){.status = 503, .content_type = "text/plain", .body = "503\n", .body_size = 4};
    answer_header(answer, "Retry-After", "5");
}

static void refuse(struct engine *engine, const struct request *request) {
    struct answer answer = {0};
    engine_refuse(engine, engine->arena, request, &answer);
    engine->ports.answered(engine->ports.context, request->origin, &answer);
}

void crowd_refuse_calm(struct engine *engine) {
    unsigned kept = 0;
    for (unsigned i = 0; i < engine->request_count; i++) {
        struct waiting *waiting = &engine->requests[i];
        bool urgent = engine->urgent_tries < URGENT_TRIES && may_be_urgent(engine, &waiting->request);
        waiting->looked = true;
        if (urgent)
            engine->requests[kept++] = *waiting;
        else
            refuse(engine, &waiting->request);
    }
    engine->request_count = engine->request_urgent = kept;
}

void crowd_refuse_weary(struct engine *engine) {
    unsigned kept = engine->request_urgent;
    if (!kept)
        return; /* the next turn takes calm ones again */
    int64_t weary = engine_monotonic(engine) - WEARY_MS;
    for (unsigned i = kept; i < engine->request_count; i++) {
        const struct waiting *waiting = &engine->requests[i];
        if (waiting->looked && waiting->since <= weary)
            refuse(engine, &waiting->request);
        else
            engine->requests[kept++] = *waiting;
    }
    engine->request_count = kept;
}
