#include "pictures.h"

#include "common/log.h"
#include "services/picture/picture.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { PATH_MAX_BYTES = 1024, CHUNK = 64 << 10, HANDLES = 4 };

/* One picture, from pictures_start to its result. It lives until the last of its handles is closed. */
struct drawing {
    struct pictures *owner;
    struct drawing *next;
    struct id id;
    uint32_t kind;
    uint8_t *picture; /* as it came; wiped */
    size_t picture_size;
    uint8_t *jpeg;
    size_t jpeg_size;
    uv_process_t process;
    uv_pipe_t in, out;
    uv_timer_t limit;
    uv_write_t write;
    uint8_t chunk[CHUNK];
    int64_t status;
    int signal;
    bool ended, read, closing;
    unsigned open; /* handles */
};

struct pictures {
    struct daemon_loop *loop;
    struct drawing *waiting, **last, *running;
    unsigned waiting_count, running_count;
    bool closed;
    char program[PATH_MAX_BYTES];
};

/* ---- the end of one ---- */

static void drawing_free(struct drawing *drawing) {
    if (drawing->picture)
        sodium_memzero(drawing->picture, drawing->picture_size);
    free(drawing->picture);
    free(drawing->jpeg);
    free(drawing);
}

static void tell(struct drawing *drawing, int outcome) {
    struct effect_result result = {.id = drawing->id, .kind = drawing->kind, .outcome = outcome};
    if (outcome == PICTURE_DRAWN) {
        result.bytes = drawing->jpeg;
        result.size = drawing->jpeg_size;
        drawing->jpeg = NULL;
    }
    drawing->owner->loop->finished(drawing->owner->loop, &result);
}

static void start_next(struct pictures *pictures);

static void on_closed(uv_handle_t *handle) {
    struct drawing *drawing = handle->data, **at;
    struct pictures *pictures = drawing->owner;
    if (--drawing->open)
        return;
    for (at = &pictures->running; *at != drawing;)
        at = &(*at)->next;
    *at = drawing->next;
    pictures->running_count--;
    bool good = drawing->ended && drawing->signal == 0 &&
                (drawing->status != PICTURE_DRAWN || (drawing->read && drawing->jpeg_size));
    if (!pictures->closed)
        tell(drawing, good ? (int)drawing->status : EFFECT_UNKNOWN);
    drawing_free(drawing);
    if (!pictures->closed)
        start_next(pictures);
    else if (!pictures->running)
        free(pictures);
}

static void close_all(struct drawing *drawing) {
    uv_handle_t *const handles[HANDLES] = {(uv_handle_t *)&drawing->process, (uv_handle_t *)&drawing->in,
        (uv_handle_t *)&drawing->out, (uv_handle_t *)&drawing->limit};
    if (drawing->closing)
        return;
    drawing->closing = true;
    for (unsigned i = 0; i < HANDLES; i++)
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], on_closed);
}

/* It has ended, and all that it said has been read. */
static void look_whether_over(struct drawing *drawing) {
    if (drawing->ended && drawing->read)
        close_all(drawing);
}

/* ---- what happens meanwhile ---- */

static void on_ended(uv_process_t *process, int64_t status, int signal) {
    struct drawing *drawing = process->data;
    drawing->ended = true;
    drawing->status = status;
    drawing->signal = signal;
    look_whether_over(drawing);
}

static void on_limit(uv_timer_t *timer) {
    struct drawing *drawing = timer->data;
    if (!drawing->ended)
        uv_process_kill(&drawing->process, SIGKILL); /* its end is heard of */
    else
        close_all(drawing);
}

static void give_chunk(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    struct drawing *drawing = handle->data;
    (void)suggested;
    *buffer = uv_buf_init((char *)drawing->chunk, sizeof drawing->chunk);
}

static bool keep(struct drawing *drawing, size_t size) {
    uint8_t *more = drawing->jpeg_size + size <= PICTURE_ANSWER_MAX
                        ? realloc(drawing->jpeg, drawing->jpeg_size + size)
                        : NULL;
    if (!more)
        return false;
    memcpy(more + drawing->jpeg_size, drawing->chunk, size);
    drawing->jpeg = more;
    drawing->jpeg_size += size;
    return true;
}

static void on_output(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct drawing *drawing = stream->data;
    (void)buffer;
    if (size == 0 || (size > 0 && keep(drawing, (size_t)size)))
        return;
    uv_read_stop(stream);
    if (size > 0)
        uv_process_kill(&drawing->process, SIGKILL); /* more than it may say */
    drawing->read = true;
    look_whether_over(drawing);
}

/* Its input ends; it may have left before (a picture too large), which its status says. */
static void on_written(uv_write_t *write, int status) {
    struct drawing *drawing = write->data;
    (void)status;
    if (!uv_is_closing((uv_handle_t *)&drawing->in))
        uv_close((uv_handle_t *)&drawing->in, on_closed);
}

/* ---- the beginning ---- */

static int spawn(struct drawing *drawing) {
    struct pictures *pictures = drawing->owner;
    char *arguments[] = {pictures->program, NULL}, *nothing[] = {NULL};
    uv_stdio_container_t streams[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&drawing->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&drawing->out},
        {.flags = UV_IGNORE}};
    const uv_process_options_t options = {.file = pictures->program,
        .args = arguments,
        .env = nothing,
        .cwd = "/",
        .stdio = streams,
        .stdio_count = 3,
        .exit_cb = on_ended};
    return uv_spawn(pictures->loop->uv, &drawing->process, &options);
}

static void start(struct drawing *drawing) {
    struct uv_loop_s *loop = drawing->owner->loop->uv;
    uv_pipe_init(loop, &drawing->in, 0);
    uv_pipe_init(loop, &drawing->out, 0);
    uv_timer_init(loop, &drawing->limit);
    drawing->open = HANDLES;
    drawing->process.data = drawing->in.data = drawing->out.data = drawing->limit.data = drawing;
    drawing->write.data = drawing;
    int failed = spawn(drawing);
    if (failed) { /* libuv has begun the handle all the same: it is closed like the others */
        log_line(LOG_ERROR, "picture-program", "reason=%s", log_value(uv_strerror(failed)));
        close_all(drawing);
        return;
    }
    const uv_buf_t picture = uv_buf_init((char *)drawing->picture, (unsigned)drawing->picture_size);
    uv_timer_start(&drawing->limit, on_limit, PICTURE_LONGEST_MS, 1000);
    uv_read_start((uv_stream_t *)&drawing->out, give_chunk, on_output);
    uv_write(&drawing->write, (uv_stream_t *)&drawing->in, &picture, 1, on_written);
}

static void start_next(struct pictures *pictures) {
    while (pictures->waiting && pictures->running_count < PICTURES_PARALLEL) {
        struct drawing *drawing = pictures->waiting;
        pictures->waiting = drawing->next;
        if (!pictures->waiting)
            pictures->last = &pictures->waiting;
        pictures->waiting_count--;
        drawing->next = pictures->running;
        pictures->running = drawing;
        pictures->running_count++;
        start(drawing);
    }
}

/* The program lies beside this one. */
static bool find_program(struct pictures *pictures) {
    size_t size = sizeof pictures->program;
    if (uv_exepath(pictures->program, &size) != 0)
        return false;
    char *slash = strrchr(pictures->program, '/');
    size_t room = slash ? (size_t)(pictures->program + sizeof pictures->program - slash - 1) : 0;
    return slash && snprintf(slash + 1, room, "sigap-picture") < (int)room;
}

struct pictures *pictures_open(struct daemon_loop *loop) {
    struct pictures *pictures = calloc(1, sizeof *pictures);
    if (!pictures)
        return NULL;
    pictures->loop = loop;
    pictures->last = &pictures->waiting;
    if (!find_program(pictures)) {
        free(pictures);
        return NULL;
    }
    return pictures;
}

void pictures_close(struct pictures **at) {
    struct pictures *pictures = *at;
    *at = NULL;
    if (!pictures)
        return;
    while (pictures->waiting) {
        struct drawing *drawing = pictures->waiting;
        pictures->waiting = drawing->next;
        drawing_free(drawing);
    }
    pictures->closed = true;
    for (struct drawing *drawing = pictures->running; drawing; drawing = drawing->next) {
        if (!drawing->ended && !drawing->closing)
            uv_process_kill(&drawing->process, SIGKILL);
        close_all(drawing);
    }
    if (!pictures->running)
        free(pictures);
}

static void refuse(struct pictures *pictures, const struct effect *effect) {
    const struct effect_result result = {.id = effect->id, .kind = effect->kind, .outcome = PICTURES_BUSY};
    pictures->loop->finished(pictures->loop, &result);
}

void pictures_start(struct pictures *pictures, const struct effect *effect) {
    struct drawing *drawing = pictures->waiting_count < PICTURES_WAITING ? calloc(1, sizeof *drawing) : NULL;
    if (drawing)
        drawing->picture = malloc(effect->what_size + 1);
    if (!drawing || !drawing->picture) {
        free(drawing);
        refuse(pictures, effect);
        return;
    }
    drawing->owner = pictures;
    drawing->id = effect->id;
    drawing->kind = effect->kind;
    drawing->picture_size = effect->what_size;
    memcpy(drawing->picture, effect->what, effect->what_size);
    *pictures->last = drawing;
    pictures->last = &drawing->next;
    pictures->waiting_count++;
    start_next(pictures);
}
