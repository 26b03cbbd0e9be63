/* outbox: a folder a team, a file a day, one readable block a message. What a newcomer looks into, and what
 * keeps a site going that has no other channel yet.
 *
 *     DATA/outbox/<team>/2026-03-01.txt
 *
 * Blocks are kept together until the batch of some turns is over, then written by one write() a file, opened
 * for appending: they are there whole or not at all (a torn batch is cut off again). Not fsynced: the row is
 * the truth, and after a crash what is not known to be in the file is written again; blocks carry the
 * delivery's id. */
#include "channel.h"

#include "common/buffer.h"
#include "common/calendar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BOXES = 768, /* kept open: more than a site has teams; x 416 bytes, and below the usual 1,024 files */
    PROBES = 16, /* slots in which a team may stand */
    BATCH_MAX = 65536,  /* of one box: then it is written at once */
    PENDING_MAX = 8192, /* x 48 bytes = 384 KiB: then all are written at once */
    BLOCK_MAX = MESSAGE_TEXT_MAX + MESSAGE_SUBJECT_MAX + 400,
    PATH_MOST = 512,
};

struct box {
    int file; /* -1: none */
    int64_t day;
    struct buffer batch;
    bool failed; /* the batch of the messages that are pending */
    char detail[CHANNEL_DETAIL_MAX];
    char team[MESSAGE_ADDRESS_MAX + 1];
};

/* What is told of a message when its batch is written. */
struct pending {
    struct id delivery;
    int64_t number;
    channel_done *done;
    void *context;
    uint16_t box;
    uint8_t attempt, channel;
    int8_t priority;
};

struct outbox {
    char folder[300];
    enum calendar_zone zone;
    struct box boxes[BOXES];
    struct pending pending[PENDING_MAX];
    unsigned pending_count;
};

static bool outbox_open(const struct channel_setup *setup, void **state, struct error *error) {
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        return error_set(error, "out of memory");
    *state = outbox;
    for (int i = 0; i < BOXES; i++)
        outbox->boxes[i] = (struct box){.file = -1, .batch = BUFFER_MAX(BATCH_MAX + BLOCK_MAX)};
    outbox->zone = (enum calendar_zone)setup->zone_hours;
    snprintf(outbox->folder, sizeof outbox->folder, "%s/outbox", setup->data_dir);
    if (mkdir(outbox->folder, 0750) != 0 && errno != EEXIST)
        return error_set(error, "%s: cannot be made: %s", outbox->folder, strerror(errno));
    return true;
}

static void outbox_close(void **state) {
    struct outbox *outbox = *state;
    for (int i = 0; outbox && i < BOXES; i++) {
        if (outbox->boxes[i].file >= 0)
            close(outbox->boxes[i].file);
        buffer_free(&outbox->boxes[i].batch);
    }
    free(outbox);
    *state = NULL;
}

/* Teams name folders, and their names come from a file: a name that would lead elsewhere is no name. */
static bool is_folder_name(const char *name) {
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    return size > 0 && name[size] == 0 && name[0] != '.';
}

static int open_file(const struct outbox *outbox, const char *team, int64_t at) {
    char path[PATH_MOST + MESSAGE_ADDRESS_MAX], day[32];
    const int how = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
    calendar_text(outbox->zone, at, day);
    day[10] = 0; /* "2026-03-01" */
    snprintf(path, sizeof path, "%s/%s/%s.txt", outbox->folder, team, day);
    int file = open(path, how, 0640);
    if (file >= 0 || errno != ENOENT)
        return file;
    if (mkdir(outbox->folder, 0750) != 0 && errno != EEXIST) /* somebody has taken it all away */
        return -1;
    snprintf(path, sizeof path, "%s/%s", outbox->folder, team);
    if (mkdir(path, 0750) != 0 && errno != EEXIST)
        return -1;
    snprintf(path, sizeof path, "%s/%s/%s.txt", outbox->folder, team, day);
    return open(path, how, 0640);
}

/* --- writing --- */

static void fail(struct box *box, const char *why) {
    box->failed = true;
    snprintf(box->detail, sizeof box->detail, "%s", why);
    if (box->file >= 0)
        close(box->file);
    box->file = -1;
}

/* Somebody has tidied up: what is written to it now nobody reads. */
static bool is_removed(const struct box *box) {
    struct stat facts;
    return box->file >= 0 && fstat(box->file, &facts) == 0 && facts.st_nlink == 0;
}

static void write_batch(struct box *box) {
    size_t size = box->batch.size;
    if (size == 0 && !box->batch.failed)
        return;
    if (is_removed(box)) {
        fail(box, "was removed");
        buffer_clear(&box->batch, 4096);
        return;
    }
    ssize_t written = box->file < 0 || box->batch.failed ? -1 : write(box->file, box->batch.bytes, size);
    if (written != (ssize_t)size) {
        const char *why = written < 0 ? strerror(errno) : "cut";
        struct stat facts;
        if (written > 0 && fstat(box->file, &facts) == 0 &&
            ftruncate(box->file, facts.st_size - written) != 0)
            why = "torn"; /* the part stays; the whole follows it */
        fail(box, why);
    }
    buffer_clear(&box->batch, 4096);
}

static void tell(struct outbox *outbox, const struct pending *pending) {
    const struct box *box = &outbox->boxes[pending->box];
    struct channel_result result = {.outcome = box->failed ? SEND_TRANSIENT : SEND_DELIVERED};
    struct message message = {.delivery = pending->delivery,
        .number = pending->number,
        .attempt = pending->attempt,
        .channel = pending->channel,
        .priority = pending->priority};
    if (box->failed)
        snprintf(result.detail, sizeof result.detail, "%s", box->detail);
    pending->done(pending->context, &message, &result);
}

/* Failures first: whoever reads "all up to this number" must know of the gaps before. */
static void outbox_flush(void *state) {
    struct outbox *outbox = state;
    unsigned count = outbox->pending_count;
    for (unsigned i = 0; i < count; i++)
        write_batch(&outbox->boxes[outbox->pending[i].box]);
    outbox->pending_count = 0; /* done() sends nothing, see channel.h */
    for (int failed = 1; failed >= 0; failed--)
        for (unsigned i = 0; i < count; i++)
            if (outbox->boxes[outbox->pending[i].box].failed == (failed == 1))
                tell(outbox, &outbox->pending[i]);
    for (unsigned i = 0; i < count; i++)
        outbox->boxes[outbox->pending[i].box].failed = false;
}

/* --- sending --- */

static unsigned slot_of(const char *team) {
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *team; team++)
        hash = (hash ^ (unsigned char)*team) * 16777619u;
    return hash % BOXES;
}

static bool is_box_of(const struct box *box, const char *team) {
    return box->file >= 0 && strcmp(box->team, team) == 0;
}

/* The team's own box; else one that nobody uses; else one in which nothing waits. NULL: all of them are in
 * use. */
static struct box *find_box(struct outbox *outbox, const char *team) {
    struct box *idle = NULL, *empty = NULL;
    unsigned slot = slot_of(team);
    for (unsigned i = 0; i < PROBES; i++, slot = (slot + 1) % BOXES) {
        struct box *box = &outbox->boxes[slot];
        if (is_box_of(box, team))
            return box;
        if (box->batch.size || box->failed)
            continue;
        if (box->file < 0 && !empty)
            empty = box;
        else if (!idle)
            idle = box;
    }
    return empty ? empty : idle;
}

static struct box *box_for(struct outbox *outbox, const char *team, int64_t at) {
    int64_t day = calendar_local_day(outbox->zone, at);
    struct box *box = find_box(outbox, team);
    if (box && is_box_of(box, team) && box->day == day)
        return box;
    if (!box || box->batch.size ||
        box->failed) { /* what waits for yesterday, or for others, is written first */
        outbox_flush(outbox);
        box = box ? box : &outbox->boxes[slot_of(team)];
    }
    if (box->file >= 0)
        close(box->file);
    box->file = open_file(outbox, team, at);
    box->day = day;
    snprintf(box->team, sizeof box->team, "%s", team);
    if (box->file < 0)
        fail(box, strerror(errno));
    return box;
}

static int write_block(const struct message *message, const struct outbox *outbox, char *block) {
    char id[ID_TEXT + 1], time[32];
    id_to_text(&message->delivery, id);
    calendar_text(outbox->zone, message->at, time);
    int size = snprintf(block, BLOCK_MAX, "=== %s === %s\nKepada / To: %s\nPerihal / Subject: %s%s\n\n%s\n",
        time, id, message->team, message->subject, message->attempt > 1 ? " (diulang / repeated)" : "",
        message->text);
    return size < BLOCK_MAX ? size : BLOCK_MAX - 1;
}

static void outbox_send(void *state, const struct message *message, channel_done *done, void *context) {
    struct outbox *outbox = state;
    struct channel_result refused = {.outcome = SEND_RECIPIENT, .detail = "no folder name"};
    if (!is_folder_name(message->address)) {
        done(context, message, &refused);
        return;
    }
    struct box *box = box_for(outbox, message->address, message->at);
    uint8_t *room = buffer_room(&box->batch, BLOCK_MAX);
    if (room)
        box->batch.size += (size_t)write_block(message, outbox, (char *)room);
    outbox->pending[outbox->pending_count++] = (struct pending){.delivery = message->delivery,
        .number = message->number,
        .done = done,
        .context = context,
        .box = (uint16_t)(box - outbox->boxes),
        .attempt = message->attempt,
        .channel = message->channel,
        .priority = (int8_t)message->priority};
    if (box->batch.size > BATCH_MAX) /* this one only; its messages are told of with all others */
        write_batch(box);
    if (outbox->pending_count == PENDING_MAX)
        outbox_flush(outbox);
}

const struct channel channel_outbox = {
    .name = "outbox",
    .purpose = "a text file a team and day in DATA/outbox",
    .local = true,
    .always_on = true,
    .for_training = true,
    .critical = {.rung_ms = {0, 1000, 2000, 5000, 15000, 60000}, .rungs = 6, .last_repeats = true},
    .normal = {.rung_ms = {0, 5000, 60000, 300000}, .rungs = 4, .last_repeats = true},
    .open = outbox_open,
    .send = outbox_send,
    .flush = outbox_flush,
    .close = outbox_close,
};
