/* MediaView: what there is of some reports, and one medium as it lies, still sealed for the site. The console
 * asks here only after triage or casework have said that the person may read these reports; what intake gives
 * is not readable without them. */
#include "services/intake/media.h"

#include "common/json.h"
#include "common/medium.h"
#include "intake_sql.h"
#include "services/intake/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    REPORTS_MAX = 200,    /* as many as casework shows of a case */
    PER_REPORT_MAX = 20,  /* an album has 10 */
    LIST_BYTES = 1 << 20, /* 200 x 20 x 250 bytes, rounded up */
    LAYOUT_BYTES = SEAL_SESSION_BYTES + SEAL_REPORT_KEY_BYTES + SEAL_OVERHEAD
};

static void write_of_report(struct turn *turn, struct json_writer *writer, const struct id *report) {
    static const char *const states[] = {"wanted", "kept", "unavailable"};
    struct statement *list = intake_use(turn->store, INTAKE_MEDIA_OF_REPORT);
    bind_id(list, report);
    bind_int(list, PER_REPORT_MAX);
    while (statement_step(list)) {
        struct id id = column_id(list, 0);
        json_write_object(writer);
        json_member_id(writer, "id", &id);
        json_member_id(writer, "report_id", report);
        json_member_text(writer, "kind", column_text(list, 1));
        json_member_text(writer, "state", states[column_int(list, 2) % 3]);
        json_member_text(writer, "type", column_is_null(list, 3) ? NULL : column_text(list, 3));
        json_member_integer(writer, "size_bytes", column_int(list, 4));
        json_member_text(writer, "detail", column_text(list, 5));
        json_write_end(writer);
    }
}

static void show_list(struct turn *turn, const Sigap__MediaView *view, Sigap__ViewAnswer *answer) {
    struct json_writer writer;
    json_writer_init(&writer, LIST_BYTES);
    json_write_object(&writer);
    json_member_array(&writer, "media");
    for (size_t i = 0; i < view->n_report_ids && i < REPORTS_MAX; i++) {
        struct id report;
        if (id_from_bytes(view->report_ids[i].data, view->report_ids[i].len, &report))
            write_of_report(turn, &writer, &report);
    }
    json_write_end(&writer);
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
}

/* --- one of them --- */

static bool read_all(int handle, uint8_t *to, size_t size) {
    while (size) {
        ssize_t got = read(handle, to, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        size -= (size_t)got;
    }
    return true;
}

/* The one file that a handler reads: rows do not hold it, and whoever asks waits for it. */
static bool read_file(struct turn *turn, const void *hash, ProtobufCBinaryData *out) {
    const struct intake *intake = turn->state;
    char name[2 * SEAL_HASH_BYTES + 1], path[512];
    struct stat facts;
    sodium_bin2hex(name, sizeof name, hash, SEAL_HASH_BYTES);
    snprintf(path, sizeof path, "%s/intake/media/%s", intake->data_dir, name);
    int handle = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool good = handle >= 0 && fstat(handle, &facts) == 0 && S_ISREG(facts.st_mode) &&
                facts.st_size >= LAYOUT_BYTES && facts.st_size <= MEDIUM_SHOWN_MAX + LAYOUT_BYTES;
    if (good) {
        out->len = (size_t)facts.st_size;
        out->data = arena_take(turn->arena, out->len);
        good = out->data && read_all(handle, out->data, out->len);
    }
    if (handle >= 0)
        close(handle);
    return good;
}

static bool read_attachment(struct turn *turn, const struct id *id, ProtobufCBinaryData *out) {
    struct statement *get = intake_use(turn->store, INTAKE_ATTACHMENT_GET);
    bind_id(get, id);
    bool found = statement_step(get);
    if (found) {
        const void *body = column_blob(get, 0, &out->len);
        out->data = (uint8_t *)arena_bytes(turn->arena, body, out->len);
        found = out->data && out->len >= LAYOUT_BYTES;
    }
    statement_end(get);
    return found;
}

struct kept {
    struct id report;
    uint8_t hash[SEAL_HASH_BYTES];
    int64_t size_bytes;
};

static bool read_kept(struct turn *turn, const struct id *id, struct kept *out) {
    struct statement *get = intake_use(turn->store, INTAKE_MEDIA_KEPT);
    size_t size = 0;
    bind_id(get, id);
    bool found = statement_step(get);
    if (found) {
        out->report = column_id(get, 0);
        const void *hash = column_blob(get, 1, &size);
        out->size_bytes = column_int(get, 2);
        found = size == sizeof out->hash;
        if (found)
            memcpy(out->hash, hash, sizeof out->hash);
    }
    statement_end(get);
    return found;
}

/* Layout of what lies: session, key, ciphertext. */
static Sigap__SealedMedium *take_apart(
    struct turn *turn, const struct kept *kept, const ProtobufCBinaryData *whole) {
    Sigap__SealedMedium *medium = arena_take(turn->arena, sizeof *medium);
    Sigap__Sealed *content = arena_take(turn->arena, sizeof *content);
    if (!medium || !content)
        return NULL; /* the arena is exhausted, the turn will see */
    sigap__sealed_medium__init(medium);
    sigap__sealed__init(content);
    uint8_t *at = whole->data;
    content->session = (ProtobufCBinaryData){SEAL_SESSION_BYTES, at};
    content->key = (ProtobufCBinaryData){SEAL_REPORT_KEY_BYTES, at + SEAL_SESSION_BYTES};
    size_t before = SEAL_SESSION_BYTES + SEAL_REPORT_KEY_BYTES;
    content->data = (ProtobufCBinaryData){whole->len - before, at + before};
    medium->report_id = turn_bytes(turn, &kept->report);
    medium->hash.data = (uint8_t *)arena_bytes(turn->arena, kept->hash, sizeof kept->hash);
    medium->hash.len = sizeof kept->hash;
    medium->content = content;
    return medium;
}

static void show_one(struct turn *turn, const struct id *id, Sigap__ViewAnswer *answer) {
    struct kept kept;
    ProtobufCBinaryData whole = {0, NULL};
    if (!read_kept(turn, id, &kept))
        return;
    if (kept.size_bytes > MEDIUM_SHOWN_MAX) {
        answer->status = 413;
        return;
    }
    if (!read_attachment(turn, id, &whole) && !read_file(turn, kept.hash, &whole))
        return;
    answer->sealed = take_apart(turn, &kept, &whole);
    answer->status = answer->sealed ? 200 : 503;
}

bool intake_media_show(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct id id;
    if (view->what_case != SIGAP__VIEW__WHAT_MEDIA)
        return false;
    answer->status = 404;
    if (id_from_bytes(view->media->medium_id.data, view->media->medium_id.len, &id))
        show_one(turn, &id, answer);
    else if (view->media->n_report_ids)
        show_list(turn, view->media, answer);
    return true;
}
