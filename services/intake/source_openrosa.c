/* OpenRosa, for ODK Collect, KoboCollect and Enketo (docs.getodk.org/openrosa): field workers' forms.
 *
 *     GET  /openrosa/<token>/formList              the forms of the site's folder forms/
 *     GET  /openrosa/<token>/forms/<id>.xml
 *     HEAD /openrosa/<token>/submission            204: yes, here
 *     POST /openrosa/<token>/submission            multipart, xml_submission_file and its files
 *
 * <token> is one of `sigapctl token issue`; without it in the path it is the password of HTTP basic (any user
 * name), or of HTTP digest for the user of a channel in sources.yaml, whose token_file holds it: a digest
 * cannot be checked against the hash that is kept of a token. A submission is known by form and instanceID;
 * the app may send it in several requests, each with other files: the first is answered 201, further ones 202
 * and their files attached; another content under the same id 409. An edited submission (deprecatedID) joins
 * the one it replaces.
 *
 * Any form is taken: what its leaves say becomes the report, a line each, and what does not fit into one (16
 * KiB) further reports that join it; these names are known: laporan, lokasi, wilayah, darurat, kontak,
 * boleh_dihubungi (report, location, area, urgent, contact, may_contact).
 */
#include "services/intake/source.h"

#include "common/area.h"
#include "common/hmac.h"
#include "common/utf8.h"
#include "services/intake/answer.h"
#include "services/intake/channels.h"
#include "services/intake/digest.h"
#include "services/intake/hook.h"
#include "services/intake/media.h"
#include "services/intake/multipart.h"
#include "services/intake/urgent_body.h"

#include <dirent.h>
#include <expat.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    FORMS_MAX = 16,
    FORM_BYTES_MAX = 256 * 1024,
    DEPTH_MAX = 16,
    XML_TEXT_MAX = 64 * 1024,      /* all leaves together */
    LEAVES_MAX = XML_TEXT_MAX / 2, /* a letter and its NUL each: none is left out. x 72 bytes = 2.3 MiB */
    PARTS_MAX = 8,                 /* reports of one submission */
    WORDS_MAX = PARTS_MAX * SUBMISSION_TEXT_MAX
};

extern const struct intake_source intake_source_openrosa;

/* --- XML --- */

struct leaf {
    char name[64];
    const char *text;
};

struct instance {
    char form[128], version[64], title[128];
    struct leaf *leaves; /* LEAVES_MAX */
    size_t leaf_count;
    char text[XML_TEXT_MAX]; /* of the leaves, NUL between */
    size_t used, start;      /* start: of the element at hand */
    unsigned depth;
    bool leaf_open, broken;
};

/* As much as fits, without half a character at its end. */
static void copy_whole(char *out, size_t room, const char *text) {
    snprintf(out, room, "%.*s", (int)utf8_whole(text, room - 1), text);
}

static void copy_attribute(const char **attributes, const char *name, char *out, size_t room) {
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            copy_whole(out, room, attributes[1]);
}

/* The name without its prefix: orx:meta, h:title. */
static const char *local(const char *name) {
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void on_start(void *context, const char *name, const char **attributes) {
    struct instance *instance = context;
    (void)name;
    if (instance->depth == 0 ||
        (!instance->form[0] && strcmp(local(name), "instance") != 0 && instance->depth < 6)) {
        copy_attribute(attributes, "id", instance->form, sizeof instance->form);
        if (instance->form[0])
            copy_attribute(attributes, "version", instance->version, sizeof instance->version);
    }
    if (++instance->depth > DEPTH_MAX)
        instance->broken = true;
    instance->start = instance->used;
    instance->leaf_open = true;
}

static void on_text(void *context, const char *text, int size) {
    struct instance *instance = context;
    if (instance->used + (size_t)size + 1 >= sizeof instance->text) {
        instance->broken = true;
        return;
    }
    memcpy(instance->text + instance->used, text, (size_t)size);
    instance->used += (size_t)size;
}

static void on_end(void *context, const char *name) {
    struct instance *instance = context;
    instance->depth--;
    char *text = instance->text + instance->start;
    if (!instance->leaf_open || instance->used >= sizeof instance->text - 1) {
        instance->used = instance->start =
            instance->used < instance->start ? instance->used : instance->start;
        return;
    }
    instance->leaf_open = false;
    instance->text[instance->used++] = 0;
    while (*text && strchr(" \t\r\n", *text))
        text++;
    for (char *end = text + strlen(text); end > text && strchr(" \t\r\n", end[-1]);)
        *--end = 0;
    if (strcmp(local(name), "title") == 0)
        copy_whole(instance->title, sizeof instance->title, text);
    if (*text && instance->leaf_count < LEAVES_MAX) {
        struct leaf *leaf = &instance->leaves[instance->leaf_count++];
        copy_whole(leaf->name, sizeof leaf->name, local(name));
        leaf->text = text;
    }
    instance->start = instance->used;
}

/* expat resolves no outside entities by itself, and its own guard stops those that multiply; a document type
 * is refused. */
static void on_doctype(
    void *context, const char *name, const char *system, const char *public, int has_internal) {
    (void)name;
    (void)system;
    (void)public;
    (void)has_internal;
    ((struct instance *)context)->broken = true;
}

static void instance_free(struct instance **instance) {
    if (*instance) {
        free((*instance)->leaves);
        sodium_memzero(*instance, sizeof **instance);
    }
    free(*instance);
    *instance = NULL;
}

/* NULL: no sound XML. */
static struct instance *xml_read(const char *xml, size_t size) {
    struct instance *instance = size < (1 << 30) ? calloc(1, sizeof *instance) : NULL;
    if (instance)
        instance->leaves = malloc(LEAVES_MAX * sizeof *instance->leaves);
    XML_Parser parser = instance && instance->leaves ? XML_ParserCreate(NULL) : NULL;
    bool sound = false;
    if (parser) {
        XML_SetUserData(parser, instance);
        XML_SetElementHandler(parser, on_start, on_end);
        XML_SetCharacterDataHandler(parser, on_text);
        XML_SetStartDoctypeDeclHandler(parser, on_doctype);
        sound = XML_Parse(parser, xml, (int)size, 1) == XML_STATUS_OK && !instance->broken;
        XML_ParserFree(parser);
    }
    if (!sound)
        instance_free(&instance);
    return instance;
}

/* --- the site's forms --- */

struct form {
    char id[128], title[128], version[64], hash[40]; /* md5:... as apps compare it */
    char *xml;
    size_t size;
};

struct forms {
    struct form list[FORMS_MAX];
    size_t count;
};

static void hash_form(struct form *form) {
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    strcpy(form->hash, "md5:");
    if (EVP_Digest(form->xml, form->size, hash, &size, EVP_md5(), NULL) && size == 16)
        sodium_bin2hex(form->hash + 4, sizeof form->hash - 4, hash, size);
}

static bool load_form(struct forms *forms, const char *path, struct error *error) {
    struct form *form = &forms->list[forms->count];
    FILE *file = fopen(path, "r");
    form->xml = malloc(FORM_BYTES_MAX);
    form->size = file && form->xml ? fread(form->xml, 1, FORM_BYTES_MAX, file) : 0;
    if (file)
        fclose(file);
    struct instance *instance =
        form->size > 0 && form->size < FORM_BYTES_MAX ? xml_read(form->xml, form->size) : NULL;
    bool good = instance && instance->form[0];
    if (good) {
        snprintf(form->id, sizeof form->id, "%s", instance->form);
        snprintf(
            form->title, sizeof form->title, "%s", instance->title[0] ? instance->title : instance->form);
        snprintf(form->version, sizeof form->version, "%s", instance->version);
        hash_form(form);
        forms->count++;
    } else {
        free(form->xml);
        form->xml = NULL;
        error_set(error, "%s: is no XForm with an id, or over 256 KiB", path);
    }
    instance_free(&instance);
    return good;
}

static void close_forms(void **own) {
    struct forms *forms = *own;
    for (size_t i = 0; i < forms->count; i++)
        free(forms->list[i].xml);
    free(forms);
    *own = NULL;
}

static bool open_forms(const char *site_dir, const char *data_dir, void **own, struct error *error) {
    char folder[1024], path[2048];
    struct dirent **entries = NULL;
    struct forms *forms = calloc(1, sizeof *forms);
    (void)data_dir;
    if (!forms)
        return error_set(error, "out of memory");
    snprintf(folder, sizeof folder, "%s/forms", site_dir);
    int count = scandir(folder, &entries, NULL, alphasort);
    bool good = true;
    for (int i = 0; i < count; i++) {
        const char *dot = strrchr(entries[i]->d_name, '.');
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (good && dot && strcmp(dot, ".xml") == 0 && entries[i]->d_name[0] != '.')
            good = forms->count < FORMS_MAX ? load_form(forms, path, error)
                                            : error_set(error, "%s: more than %d forms", folder, FORMS_MAX);
        free(entries[i]);
    }
    free(entries);
    *own = forms;
    if (!good)
        close_forms(own);
    return good;
}

/* --- who sends --- */

static const struct intake_token *basic_token(const struct intake_call *call) {
    const char *header = call->request->header(call->request, "Authorization");
    char plain[TOKEN_INPUT_MAX + 128];
    size_t size;
    if (!header || strncasecmp(header, "Basic ", 6) != 0 ||
        !hmac_base64_decode(
            header + 6, strlen(header + 6), HMAC_BASE64_STANDARD, plain, sizeof plain - 1, &size))
        return NULL;
    plain[size] = 0;
    const char *colon = strchr(plain, ':');
    return colon ? hook_token(call, colon + 1) : NULL;
}

/* The password of this user; NULL: there is none. */
static const char *password_of(const struct intake_call *call, const char *user) {
    const struct intake_channel *channel;
    for (size_t i = 0; (channel = intake_channel_at(call->intake->channels, i)); i++) {
        const char *name =
            channel->source == &intake_source_openrosa ? intake_channel_option(channel, "user") : NULL;
        if (name && strcmp(name, user) == 0)
            return intake_channel_option(channel, "token");
    }
    return NULL;
}

static bool has_users(const struct intake_call *call) {
    const struct intake_channel *channel;
    for (size_t i = 0; (channel = intake_channel_at(call->intake->channels, i)); i++)
        if (channel->source == &intake_source_openrosa)
            return true;
    return false;
}

static const struct intake_token *digest_token(const struct intake_call *call, bool *stale) {
    const struct intake *intake = call->intake;
    const struct request *request = call->request;
    struct digest digest;
    if (!digest_read(request->header(request, "Authorization"), &digest))
        return NULL;
    const char *password = password_of(call, digest.username);
    enum digest_outcome outcome = digest_check(&digest, keystore_token_key(intake->keystore),
        intake->clock->wall_ms(intake->clock->state), request->method, request->path,
        password ? password : "");
    *stale = password && outcome == DIGEST_STALE;
    return password && outcome == DIGEST_GOOD ? hook_token(call, password) : NULL;
}

/* stale: all was right but the nonce's age. */
static const struct intake_token *token_of(const struct intake_call *call, bool *stale) {
    *stale = false;
    if (strncmp(call->route, "/openrosa/*/", 12) == 0)
        return hook_token(call, call->parts[0]);
    const struct intake_token *token = basic_token(call);
    return token ? token : digest_token(call, stale);
}

/* --- answers --- */

static void put(struct answer *answer, unsigned status, const char *text) {
    *answer = (struct answer){.status = text ? status : 500,
        .content_type = "text/xml; charset=utf-8",
        .body = text ? text : "",
        .body_size = text ? strlen(text) : 0};
    answer_header(answer, "X-OpenRosa-Version", "1.0");
    answer_header(answer, "X-OpenRosa-Accept-Content-Length", "3145728");
}

static void say(
    struct turn *turn, unsigned status, const char *nature, const char *sentence, struct answer *answer) {
    put(answer, status,
        arena_format(turn->arena,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenRosaResponse "
            "xmlns=\"http://openrosa.org/http/response\"><message "
            "nature=\"%s\">%s</message></OpenRosaResponse>\n",
            nature, intake_answer_xml(turn->arena, sentence)));
}

/* How the app reaches us: as the site says, else as it did now. */
static const char *base_url(struct turn *turn, const struct intake_call *call) {
    const char *url = intake_channels_public_url(call->intake->channels);
    const char *host = call->request->header(call->request, "Host");
    const char *scheme = call->request->header(call->request, "X-Forwarded-Proto");
    const char *base =
        *url ? url : arena_format(turn->arena, "%s://%s", scheme ? scheme : "http", host ? host : "");
    bool in_path = strncmp(call->route, "/openrosa/*/", 12) == 0;
    return base ? arena_format(
                      turn->arena, "%s/openrosa%s%s", base, in_path ? "/" : "", in_path ? call->parts[0] : "")
                : NULL;
}

static const char *form_element(struct arena *arena, const struct form *form, const char *base) {
    const char *id = intake_answer_xml(arena, form->id);
    return arena_format(arena,
        "<xform><formID>%s</formID><name>%s</name><version>%s</version><hash>%s</hash>"
        "<downloadUrl>%s/forms/%s.xml</downloadUrl></xform>",
        id, intake_answer_xml(arena, form->title), intake_answer_xml(arena, form->version), form->hash,
        intake_answer_xml(arena, base), id);
}

static void list_forms(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    const struct forms *forms = call->own;
    const char *base = base_url(turn, call), *text = "";
    for (size_t i = 0; base && text && i < forms->count; i++) {
        const char *element = form_element(turn->arena, &forms->list[i], base);
        text = element ? arena_format(turn->arena, "%s%s", text, element) : NULL;
    }
    put(answer, 200,
        text ? arena_format(turn->arena,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xforms "
                   "xmlns=\"http://openrosa.org/xforms/xformsList\">%s</xforms>\n",
                   text)
             : NULL);
}

static void show_form(struct turn *turn, const struct intake_call *call, char *name, struct answer *answer) {
    const struct forms *forms = call->own;
    size_t size = strlen(name);
    if (size > 4 && strcmp(name + size - 4, ".xml") == 0)
        name[size - 4] = 0;
    for (size_t i = 0; i < forms->count; i++)
        if (strcmp(forms->list[i].id, name) == 0) {
            put(answer, 200, "");
            answer->body = forms->list[i].xml;
            answer->body_size = forms->list[i].size;
            return;
        }
    say(turn, 404, "error", "There is no such form", answer);
}

/* --- a submission --- */

static bool named(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcasecmp(name, *names) == 0)
            return true;
    return false;
}

static const char *leaf_of(const struct instance *instance, const char *const *names) {
    for (size_t i = 0; i < instance->leaf_count; i++)
        if (named(instance->leaves[i].name, names))
            return instance->leaves[i].text;
    return NULL;
}

/* "-7.98 112.63 0 4.5", as geopoints are written. */
static bool is_place(const char *text, double *latitude, double *longitude) {
    int end = 0;
    double altitude, accuracy;
    if (!text || sscanf(text, "%lf %lf%n", latitude, longitude, &end) != 2 || end == 0)
        return false;
    sscanf(text + end, " %lf %lf%n", &altitude, &accuracy, &end);
    return strchr(text, '.') && *latitude >= -90 && *latitude <= 90 && *longitude >= -180 &&
           *longitude <= 180;
}

/* The name of a photo or recording, whether it comes along in this request or in the next: the same
 * submission must read the same in both. */
static bool is_file(const char *text) {
    static const char *const ends[] = {"jpg", "jpeg", "png", "webp", "gif", "mp4", "3gp", "mov", "webm",
        "m4a", "aac", "amr", "mp3", "ogg", "oga", "wav", "pdf", "csv", NULL};
    const char *dot = strrchr(text, '.');
    return dot && !strpbrk(text, " \n") && named(dot + 1, ends);
}

static bool is_noise(const struct leaf *leaf) {
    static const char *const noise[] = {"instanceID", "instanceName", "deprecatedID", "start", "end", "today",
        "deviceid", "username", "simserial", "subscriberid", "phonenumber", "email", "timeEnd", "timeStart",
        "audit", "__version__", "formhub", "uuid", NULL};
    return named(leaf->name, noise);
}

/* Puts words behind the used bytes of out, if there is an out; how many bytes are used then. */
static size_t put_words(char *out, size_t used, const char *words) {
    size_t size = strlen(words);
    if (out)
        memcpy(out + used, words, size + 1);
    return used + size;
}

/* The report in front, then every other leaf on a line of its own. Returns the bytes; out NULL: only that. */
static size_t write_words(const struct instance *instance, const char *report, char *out) {
    size_t used = put_words(out, 0, report ? report : "");
    double latitude, longitude;
    for (size_t i = 0; i < instance->leaf_count; i++) {
        const struct leaf *leaf = &instance->leaves[i];
        if (leaf->text == report || is_noise(leaf) || is_file(leaf->text) ||
            is_place(leaf->text, &latitude, &longitude))
            continue;
        used = put_words(out, used, used ? "\n" : "");
        used = put_words(out, used, leaf->name);
        used = put_words(out, used, ": ");
        used = put_words(out, used, leaf->text);
    }
    return used;
}

/* All that the form says, in the arena. NULL: more than WORDS_MAX, or the arena is exhausted. */
static const char *words_of(struct arena *arena, const struct instance *instance) {
    static const char *const reports[] = {"laporan", "report", "isi", "uraian", "description", NULL};
    const char *report = leaf_of(instance, reports);
    size_t size = write_words(instance, report, NULL);
    char *out = size <= WORDS_MAX ? arena_take(arena, size + 1) : NULL;
    if (out)
        write_words(instance, report, out);
    return out;
}

/* What a submission is known by. NULL: it has no id. */
static const char *key_of(struct arena *arena, const struct instance *instance, const char *id) {
    return id ? arena_format(arena, "%.*s:%.*s", (int)utf8_whole(instance->form, 100), instance->form,
                    (int)utf8_whole(id, 150), id)
              : NULL;
}

static const char *kind_of(const char *type) {
    return strncmp(type, "image/", 6) == 0   ? "photo"
           : strncmp(type, "audio/", 6) == 0 ? "audio"
           : strncmp(type, "video/", 6) == 0 ? "video"
                                             : "document";
}

struct sent {
    struct multipart_part parts[MULTIPART_PARTS_MAX];
    size_t count;
    const struct multipart_part *xml;
};

static size_t keep_files(struct turn *turn, const struct sent *sent, const struct receipt *receipt,
    const struct intake_token *token) {
    size_t kept = 0;
    for (size_t i = 0; i < sent->count; i++) {
        const struct multipart_part *part = &sent->parts[i];
        if (part != sent->xml && part->size > 0 && part->filename[0])
            kept += intake_media_keep(
                turn, &receipt->first, token->name, kind_of(part->type), part->data, part->size);
    }
    return kept;
}

static void read_submission(struct turn *turn, const struct instance *instance, const char *words,
    const struct sent *sent, const struct intake_token *token, struct submission *submission) {
    static const char *const places[] = {"lokasi", "location", "geopoint", "gps", "titik", NULL};
    static const char *const areas[] = {"wilayah", "area", "kode_wilayah", NULL};
    static const char *const urgents[] = {"darurat", "urgent", NULL}, *const contacts[] = {
                                                                          "kontak", "contact", NULL};
    static const char *const mays[] = {"boleh_dihubungi", "may_contact", NULL};
    static const char *const yes[] = {"yes", "ya", "true", "1", NULL}, *const ids[] = {"instanceID", NULL};
    const char *area = leaf_of(instance, areas), *id = leaf_of(instance, ids);
    const char *urgent = leaf_of(instance, urgents), *may = leaf_of(instance, mays);
    uint8_t hash[crypto_generichash_BYTES];
    char hex[2 * sizeof hash + 1];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)sent->xml->data, sent->xml->size, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    *submission = (struct submission){.source = token->name,
        .channel = "openrosa",
        .external_id = key_of(turn->arena, instance, id),
        .sameness = arena_text(turn->arena, hex),
        .text = words,
        .text_size = intake_report_size(words),
        .area = area && area_level(area) != AREA_NONE ? area : NULL,
        .reporter_address = leaf_of(instance, contacts),
        .may_contact = may && named(may, yes),
        .urgent = urgent && named(urgent, yes),
        .training = (token->scopes & TOKEN_TRAINING) != 0};
    bool located = is_place(leaf_of(instance, places), &submission->latitude, &submission->longitude);
    for (size_t i = 0; !located && i < instance->leaf_count; i++)
        located = is_place(instance->leaves[i].text, &submission->latitude, &submission->longitude);
    submission->has_latitude = submission->has_longitude = located;
}

/* An edited submission names the one it replaces. */
static void join_deprecated(struct turn *turn, const struct instance *instance, struct submission *submission,
    struct first_report *first) {
    static const char *const names[] = {"deprecatedID", NULL};
    const char *before = leaf_of(instance, names);
    struct submission probe = *submission;
    struct receipt receipt;
    probe.external_id = key_of(turn->arena, instance, before);
    if (!probe.external_id || intake_submission_check(&probe, turn->now) != SUBMISSION_SOUND ||
        !intake_known(turn, &probe, &receipt))
        return;
    *first = (struct first_report){receipt.first, receipt.ticket};
    submission->joins = first;
    submission->relation = "edit";
}

static void answer_receipt(struct turn *turn, const struct receipt *receipt, struct answer *answer) {
    const struct intake *intake = turn->state;
    char ticket[TICKET_TEXT + 1];
    ticket_to_text(&receipt->ticket, ticket);
    const char *text = intake_reply_text(
        intake->replies, turn->arena, receipt->urgent ? REPLY_URGENT : REPLY_RECEIVED, LANGUAGE_ID, ticket);
    if (receipt->kind == RECEIPT_REFUSED) {
        bool other = strcmp(receipt->problem.type, "key-reused") == 0;
        say(turn,
            other                            ? 409
            : receipt->problem.status == 422 ? 400
                                             : (unsigned)receipt->problem.status,
            "error", receipt->problem.title_id, answer);
        if (receipt->problem.retry_after_s > 0)
            answer_header(
                answer, "Retry-After", arena_format(turn->arena, "%d", receipt->problem.retry_after_s));
        return;
    }
    say(turn, receipt->kind == RECEIPT_TAKEN ? 201 : 202, "submit_success", text ? text : ticket, answer);
}

static void take(struct turn *turn, const struct intake_token *token, const struct sent *sent,
    const struct instance *instance, const char *words, struct answer *answer) {
    struct submission submission;
    struct first_report first;
    struct receipt receipt;
    read_submission(turn, instance, words, sent, token, &submission);
    join_deprecated(turn, instance, &submission, &first);
    intake_receive(turn, &submission, token, &receipt);
    if (receipt.kind != RECEIPT_REFUSED) {
        keep_files(turn, sent, &receipt, token);
        intake_receive_rest(turn, &submission, token, &receipt); /* no room: the app is to come again */
    }
    answer_receipt(turn, &receipt, answer);
}

static void submit(struct turn *turn, const struct intake_call *call, const struct intake_token *token,
    struct answer *answer) {
    struct sent *sent = arena_take(turn->arena, sizeof *sent);
    const struct request *request = call->request;
    if (!sent)
        return; /* the turn will see */
    if (!multipart_read(request->header(request, "Content-Type"), request->body, request->body_size,
            sent->parts, &sent->count)) {
        say(turn, 415, "error", "The body must be multipart/form-data", answer);
        return;
    }
    for (size_t i = 0; i < sent->count; i++)
        if (strcmp(sent->parts[i].name, "xml_submission_file") == 0)
            sent->xml = &sent->parts[i];
    struct instance *instance = sent->xml ? xml_read(sent->xml->data, sent->xml->size) : NULL;
    const char *words = instance ? words_of(turn->arena, instance) : NULL;
    if (!instance || !instance->form[0])
        say(turn, 400, "error", "xml_submission_file is missing, or no submission of a form", answer);
    else if (!words)
        say(turn, 400, "error", "Isian lebih dari 128 KiB / the form says more than 128 KiB", answer);
    else
        take(turn, token, sent, instance, words, answer);
    instance_free(&instance);
}

/* --- the door --- */

static bool ends_with(const char *text, const char *end) {
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    const struct request *request = call->request;
    bool stale;
    const struct intake_token *token = token_of(call, &stale);
    bool in_path = strncmp(call->route, "/openrosa/*/", 12) == 0;
    bool reading = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    if (!token) {
        say(turn, 401, "error", "Token tidak dikenal / unknown token", answer);
        if (has_users(call))
            digest_challenge(turn->arena, keystore_token_key(call->intake->keystore),
                call->intake->clock->wall_ms(call->intake->clock->state), stale, answer);
        answer_header(answer, "WWW-Authenticate", "Basic realm=\"sigap\"");
    } else if (ends_with(call->route, "/submission") && strcmp(request->method, "POST") == 0) {
        submit(turn, call, token, answer);
    } else if (ends_with(call->route, "/submission") && strcmp(request->method, "HEAD") == 0) {
        put(answer, 204, "");
        const char *base = base_url(turn, call);
        const char *location = base ? arena_format(turn->arena, "%s/submission", base) : NULL;
        if (location)
            answer_header(answer, "Location", location);
    } else if (ends_with(call->route, "/formList") && reading) {
        list_forms(turn, call, answer);
    } else if (strstr(call->route, "/forms/") && reading) {
        show_form(turn, call, call->parts[in_path], answer);
    } else {
        say(turn, 405, "error", "This method does not apply here", answer);
        answer_header(answer, "Allow", ends_with(call->route, "/submission") ? "HEAD, POST" : "GET, HEAD");
    }
    return VERDICT_DONE;
}

static bool is_urgent(const struct intake_call *call) {
    const struct request *request = call->request;
    bool stale;
    return strcmp(request->method, "POST") == 0 && token_of(call, &stale) &&
           urgent_body(
               call->intake->danger, request->body, request->body_size < 65536 ? request->body_size : 65536);
}

static const char *const routes[] = {"/openrosa/formList", "/openrosa/submission", "/openrosa/forms/*",
    "/openrosa/*/formList", "/openrosa/*/submission", "/openrosa/*/forms/*", NULL};

static const char *const option_names[] = {"user", "token_file", NULL};

const struct intake_source intake_source_openrosa = {
    .name = "openrosa",
    .routes = routes,
    .body_max = HOOK_BODY_MAX,
    .open = open_forms,
    .close = close_forms,
    .on_request = on_request,
    .is_urgent = is_urgent,
    .option_names = option_names,
    .options_required = 2,
};
