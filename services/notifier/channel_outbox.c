/* outbox: a folder a team, a file a day, one readable block a message. What a newcomer looks into, and what
 * keeps a site going that has no other channel yet.
 *
 *     DATA/outbox/<team>/2026-03-01.txt
 *
 * A block is written by one write() to a file opened for appending, so it is there whole or not at all; a
 * block cut by a full disk is taken back. Not fsynced: the row is the truth, and after a crash what is not
 * known to be in the file is written again (blocks carry the delivery's id). 5,000 messages a second are
 * 5,000 writes of half a kilobyte. */
#include "channel.h"

#include "common/calendar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILES_MAX =
        512, /* kept open: most teams of a province; 512 x 360 bytes, half of what a process may open */
    BLOCK_MAX = MESSAGE_TEXT_MAX + MESSAGE_SUBJECT_MAX + 400,
    PATH_MOST = 512,
};

struct box {
    int file; /* -1: free */
    int64_t day;
    uint64_t used;
    uint32_t hash; /* of the team's name: 512 names are not compared one by one */
    char team[MESSAGE_ADDRESS_MAX + 1];
};

struct outbox {
    char folder[300];
    enum calendar_zone zone;
    struct box boxes[FILES_MAX];
    uint64_t uses;
};

static bool outbox_open(const struct channel_setup *setup, void **state, struct error *error) {
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        return error_set(error, "out of memory");
    *state = outbox;
    for (int i = 0; i < FILES_MAX; i++)
        outbox->boxes[i].file = -1;
    outbox->zone = (enum calendar_zone)setup->zone_hours;
    snprintf(outbox->folder, sizeof outbox->folder, "%s/outbox", setup->data_dir);
    if (mkdir(outbox->folder, 0750) != 0 && errno != EEXIST)
        return error_set(error, "%s: cannot be made: %s", outbox->folder, strerror(errno));
    return true;
}

static void outbox_close(void **state) {
    struct outbox *outbox = *state;
    for (int i = 0; outbox && i < FILES_MAX; i++)
        if (outbox->boxes[i].file >= 0)
            close(outbox->boxes[i].file);
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
    calendar_text(outbox->zone, at, day);
    day[10] = 0; /* "2026-03-01" */
    snprintf(path, sizeof path, "%s/%s", outbox->folder, team);
    if (mkdir(path, 0750) != 0 && errno != EEXIST)
        return -1;
    snprintf(path, sizeof path, "%s/%s/%s.txt", outbox->folder, team, day);
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

static uint32_t hash_of(const char *team) {
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *team; team++)
        hash = (hash ^ (unsigned char)*team) * 16777619u;
    return hash;
}

static struct box *box_for(struct outbox *outbox, const char *team, int64_t at) {
    int64_t day = calendar_local_day(outbox->zone, at);
    struct box *oldest = &outbox->boxes[0];
    uint32_t hash = hash_of(team);
    outbox->uses++;
    for (struct box *box = outbox->boxes; box < outbox->boxes + FILES_MAX; box++) {
        if (box->hash == hash && box->file >= 0 && box->day == day && strcmp(box->team, team) == 0) {
            box->used = outbox->uses;
            return box;
        }
        if (box->used < oldest->used)
            oldest = box;
    }
    if (oldest->file >= 0)
        close(oldest->file);
    *oldest =
        (struct box){.file = open_file(outbox, team, at), .day = day, .used = outbox->uses, .hash = hash};
    snprintf(oldest->team, sizeof oldest->team, "%s", team);
    return oldest;
}

static int write_block(const struct message *message, const struct outbox *outbox, char block[BLOCK_MAX]) {
    char id[ID_TEXT + 1], time[32];
    id_to_text(&message->delivery, id);
    calendar_text(outbox->zone, message->at, time);
    return snprintf(block, BLOCK_MAX, "=== %s === %s\nKepada / To: %s\nPerihal / Subject: %s%s\n\n%s\n", time,
        id, message->team, message->subject, message->attempt > 1 ? " (diulang / repeated)" : "",
        message->text);
}

static void outbox_send(void *state, const struct message *message, channel_done *done, void *context) {
    struct outbox *outbox = state;
    struct channel_result result = {.outcome = SEND_DELIVERED};
    char block[BLOCK_MAX];
    if (!is_folder_name(message->address)) {
        result.outcome = SEND_RECIPIENT;
        done(context, message, &result);
        return;
    }
    struct box *box = box_for(outbox, message->address, message->at);
    int size = write_block(message, outbox, block);
    if (size >= BLOCK_MAX)
        size = BLOCK_MAX - 1;
    ssize_t written = box->file < 0 ? -1 : write(box->file, block, (size_t)size);
    if (written != size) {
        snprintf(result.detail, sizeof result.detail, "%s", written < 0 ? strerror(errno) : "cut");
        result.outcome = SEND_TRANSIENT;
        struct stat facts;
        if (written > 0 && fstat(box->file, &facts) == 0 &&
            ftruncate(box->file, facts.st_size - written) != 0)
            result.outcome = SEND_TRANSIENT; /* the torn block stays; the repeated one follows it */
        if (box->file >= 0)
            close(box->file);
        *box = (struct box){.file = -1};
    }
    done(context, message, &result);
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
    .close = outbox_close,
};
