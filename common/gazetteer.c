/* How it lies in memory: the file as it was read, with tabs and line ends turned into NULs, so that every
 * code and every name is a C string where it stands; `lines` says where each begins, in order of codes, so a
 * code is found by halving and everything below a place follows it. 91,592 places are 2.2 MiB of text and 0.4
 * MiB of numbers. */
#include "common/gazetteer.h"

#include "common/fault.h"
#include "common/texts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    FILE_MAX = 16 << 20, /* bytes; the country has 2.2 MiB */
    PATH_MAX_BYTES = 4096,
    LEVELS_SHOWN = 3, /* village, district, regency */
};

struct centre {
    char code[AREA_TEXT + 1];
    struct position at;
};

struct gazetteer {
    char *text;
    uint32_t *lines;
    size_t count;
    struct centre *centres;
    size_t centres_count;
    uint16_t centre_of[100 * 100]; /* from 1, by the four digits of a regency; 0: not known */
};

static void *take(size_t size) {
    return fault_strikes(FAULT_MEMORY) ? NULL : malloc(size);
}

/* ---- reading files of lines with tabs */

struct lines_reader {
    const char *path;
    char *text;
    size_t size;
    size_t at;
    size_t number;
    struct error *error;
};

static bool lines_open(struct lines_reader *reader, const char *path, struct error *error) {
    struct stat status;
    *reader = (struct lines_reader){.path = path, .error = error};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return error_set(error, "%s: cannot be opened: %s", path, strerror(errno));
    if (fstat(fileno(file), &status) != 0 || status.st_size < 0 || status.st_size > FILE_MAX) {
        fclose(file);
        return error_set(error, "%s: cannot be read, or is larger than %d bytes", path, FILE_MAX);
    }
    reader->size = (size_t)status.st_size;
    reader->text = take(reader->size + 1);
    bool good = reader->text != NULL && fread(reader->text, 1, reader->size, file) == reader->size;
    fclose(file);
    if (!good) {
        free(reader->text);
        reader->text = NULL;
        return error_set(error, "%s: cannot be read", path);
    }
    reader->text[reader->size] = 0;
    return true;
}

/* The next line that is neither empty nor a comment, cut at its end; NULL at the end of the file. */
static char *lines_next(struct lines_reader *reader) {
    while (reader->at < reader->size) {
        char *line = reader->text + reader->at;
        char *end = memchr(line, '\n', reader->size - reader->at);
        if (end == NULL)
            end = reader->text + reader->size;
        *end = 0;
        reader->at = (size_t)(end - reader->text) + 1;
        reader->number++;
        if (line[0] != 0 && line[0] != '#')
            return line;
    }
    return NULL;
}

/* Cuts at the first tab and returns what follows it, NULL when there is no tab. */
static char *line_split(char *line) {
    char *tab = strchr(line, '\t');
    if (tab == NULL)
        return NULL;
    *tab = 0;
    return tab + 1;
}

static bool lines_refuse(const struct lines_reader *reader, const char *sentence) {
    return error_set(reader->error, "%s:%zu: %s", reader->path, reader->number, sentence);
}

static bool folder_path(char out[PATH_MAX_BYTES], const char *folder, const char *file, struct error *error) {
    int length = snprintf(out, PATH_MAX_BYTES, "%s/%s", folder, file);
    return (length >= 0 && length < PATH_MAX_BYTES) ||
           error_set(error, "%s: the folder's name is too long", file);
}

/* ---- places */

static const char *code_at(const struct gazetteer *gazetteer, size_t index) {
    return gazetteer->text + gazetteer->lines[index];
}

static const char *name_at(const struct gazetteer *gazetteer, size_t index) {
    const char *code = code_at(gazetteer, index);
    return code + strlen(code) + 1;
}

static size_t count_lines(const struct lines_reader *reader) {
    size_t count = 1;
    for (size_t i = 0; i < reader->size; i++)
        count += reader->text[i] == '\n';
    return count;
}

static bool place_take(struct gazetteer *gazetteer, struct lines_reader *reader, char *line, size_t *used,
    enum area_level depth) {
    char *name = line_split(line);
    enum area_level level = area_level(line);
    if (name == NULL || name[0] == 0 || level == AREA_NONE || strlen(name) >= GAZETTEER_NAME_MAX)
        return lines_refuse(reader, "is no code, tab and name");
    if (level > depth)
        return true;
    if (gazetteer->count > 0 && strcmp(code_at(gazetteer, gazetteer->count - 1), line) >= 0)
        return lines_refuse(reader, "is out of order");
    size_t length = strlen(line) + 1 + strlen(name) + 1;
    memmove(reader->text + *used, line, length); /* close the gaps of places that are left out */
    gazetteer->lines[gazetteer->count++] = (uint32_t)*used;
    *used += length;
    return true;
}

static bool places_load(
    struct gazetteer *gazetteer, const char *folder, enum area_level depth, struct error *error) {
    char path[PATH_MAX_BYTES];
    struct lines_reader reader;
    if (!folder_path(path, folder, "gazetteer.tsv", error) || !lines_open(&reader, path, error))
        return false;
    gazetteer->text = reader.text;
    gazetteer->lines = take(count_lines(&reader) * sizeof *gazetteer->lines);
    if (gazetteer->lines == NULL)
        return error_set(error, "%s: out of memory", path);
    size_t used = 0;
    for (char *line = lines_next(&reader); line != NULL; line = lines_next(&reader)) {
        if (!place_take(gazetteer, &reader, line, &used, depth))
            return false;
    }
    if (gazetteer->count == 0)
        return error_set(error, "%s: has no places", path);
    char *text = realloc(gazetteer->text, used);
    uint32_t *lines = realloc(gazetteer->lines, gazetteer->count * sizeof *lines);
    gazetteer->text = text ? text : gazetteer->text;
    gazetteer->lines = lines ? lines : gazetteer->lines;
    return true;
}

/* The first place whose code is not before code. */
static size_t lower_bound(const struct gazetteer *gazetteer, const char *code) {
    size_t low = 0, high = gazetteer->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(code_at(gazetteer, middle), code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool index_find(const struct gazetteer *gazetteer, const char *code, size_t *out) {
    if (code == NULL)
        return false;
    size_t index = lower_bound(gazetteer, code);
    if (index >= gazetteer->count || strcmp(code_at(gazetteer, index), code) != 0)
        return false;
    *out = index;
    return true;
}

/* ---- aliases and centres */

/* Other names are triage's business (place_index.c), who reads them here again; that they name places is seen
 * at once by every daemon. */
static bool aliases_check(
    const struct gazetteer *gazetteer, const char *folder, enum area_level depth, struct error *error) {
    char path[PATH_MAX_BYTES];
    struct lines_reader reader;
    bool good = true;
    if (!folder_path(path, folder, "aliases.tsv", error) || !lines_open(&reader, path, error))
        return false;
    for (char *line = lines_next(&reader); good && line != NULL; line = lines_next(&reader)) {
        size_t target;
        char *code = line_split(line);
        if (code == NULL || line[0] == 0)
            good = lines_refuse(&reader, "is no alias, tab and code");
        else if (!index_find(gazetteer, code, &target))
            good = area_level(code) > depth || lines_refuse(&reader, "no such code");
    }
    free(reader.text);
    return good;
}

/* code: of a regency or below. */
static size_t regency_number(const char *code) {
    return (size_t)((code[0] - '0') * 1000 + (code[1] - '0') * 100 + (code[3] - '0') * 10 + (code[4] - '0'));
}

static bool centre_take(struct gazetteer *gazetteer, struct lines_reader *reader, char *line) {
    char *latitude = line_split(line);
    char *longitude = latitude ? line_split(latitude) : NULL;
    char *end_latitude, *end_longitude;
    if (longitude == NULL || area_level(line) != AREA_REGENCY)
        return lines_refuse(reader, "is no regency code, latitude and longitude");
    struct centre *centre = &gazetteer->centres[gazetteer->centres_count++];
    area_cut(line, AREA_REGENCY, centre->code);
    if (!gazetteer->centre_of[regency_number(line)])
        gazetteer->centre_of[regency_number(line)] = (uint16_t)gazetteer->centres_count;
    centre->at = (struct position){strtod(latitude, &end_latitude), strtod(longitude, &end_longitude)};
    bool inside = centre->at.latitude >= -11.5 && centre->at.latitude <= 6.5 &&
                  centre->at.longitude >= 94.5 && centre->at.longitude <= 141.5; /* the country's corners */
    return (*end_latitude == 0 && *end_longitude == 0 && inside) ||
           lines_refuse(reader, "is no position in Indonesia");
}

static bool centres_load(struct gazetteer *gazetteer, const char *folder, struct error *error) {
    char path[PATH_MAX_BYTES];
    struct lines_reader reader;
    if (!folder_path(path, folder, "centroids.tsv", error) || !lines_open(&reader, path, error))
        return false;
    bool good = true;
    gazetteer->centres = take(count_lines(&reader) * sizeof *gazetteer->centres);
    if (gazetteer->centres == NULL)
        good = error_set(error, "%s: out of memory", path);
    for (char *line = lines_next(&reader); good && line != NULL; line = lines_next(&reader))
        good = centre_take(gazetteer, &reader, line);
    free(reader.text);
    return good;
}

struct gazetteer *gazetteer_load(const char *folder, enum area_level depth, struct error *error) {
    struct gazetteer *gazetteer = take(sizeof *gazetteer);
    if (gazetteer == NULL) {
        error_set(error, "gazetteer: out of memory");
        return NULL;
    }
    *gazetteer = (struct gazetteer){0};
    if (!places_load(gazetteer, folder, depth, error) || !aliases_check(gazetteer, folder, depth, error) ||
        !centres_load(gazetteer, folder, error))
        gazetteer_free(&gazetteer);
    return gazetteer;
}

void gazetteer_free(struct gazetteer **gazetteer) {
    struct gazetteer *old = *gazetteer;
    if (old == NULL)
        return;
    free(old->text);
    free(old->lines);
    free(old->centres);
    free(old);
    *gazetteer = NULL;
}

size_t gazetteer_count(const struct gazetteer *gazetteer) {
    return gazetteer->count;
}

/* ---- by code */

/* Kemendagri numbers cities from 71 on within their province. */
static bool is_city(const char *code) {
    return area_level(code) == AREA_REGENCY && code[3] >= '7';
}

void gazetteer_at(const struct gazetteer *gazetteer, size_t index, struct place *out) {
    const char *code = code_at(gazetteer, index);
    *out = (struct place){
        .code = code, .name = name_at(gazetteer, index), .level = area_level(code), .city = is_city(code)};
}

bool gazetteer_find(const struct gazetteer *gazetteer, const char *code, struct place *out) {
    size_t index;
    if (!index_find(gazetteer, code, &index))
        return false;
    gazetteer_at(gazetteer, index, out);
    return true;
}

const char *gazetteer_name(const struct gazetteer *gazetteer, const char *code) {
    struct place place;
    return gazetteer_find(gazetteer, code, &place) ? place.name : code;
}

/* "Kab.", "Kota", ... A village whose last part begins with 1 is a kelurahan; West Sumatra's villages are
 * nagari. */
static const char *kind_word(const struct place *place) {
    switch (place->level) {
    case AREA_NONE:
    case AREA_PROVINCE:
        return "";
    case AREA_REGENCY:
        return place->city ? "Kota " : "Kab. ";
    case AREA_DISTRICT:
        return "Kec. ";
    case AREA_VILLAGE:
        if (place->code[9] == '1')
            return "Kel. ";
        return strncmp(place->code, "13.", 3) == 0 ? "Nagari " : "Desa ";
    }
    return "";
}

void gazetteer_label(const struct gazetteer *gazetteer, const char *code, char *out, size_t size) {
    struct place place;
    char up[AREA_TEXT + 1];
    size_t used = 0;
    if (!gazetteer_find(gazetteer, code, &place)) {
        copy_text(out, size, code);
        return;
    }
    for (int i = 0; i < LEVELS_SHOWN; i++) {
        used += copy_text(out + used, size - used, i ? ", " : "");
        used += copy_text(out + used, size - used, kind_word(&place));
        used += copy_text(out + used, size - used, place.name);
        if (place.level <= AREA_REGENCY || !area_parent(place.code, up) ||
            !gazetteer_find(gazetteer, up, &place))
            break;
    }
}

size_t gazetteer_children(
    const struct gazetteer *gazetteer, const char *code, struct place *out, size_t max) {
    size_t found = 0;
    enum area_level wanted = (enum area_level)(code[0] ? area_level(code) + 1 : AREA_PROVINCE);
    for (size_t i = lower_bound(gazetteer, code); i < gazetteer->count; i++) {
        const char *each = code_at(gazetteer, i);
        if (!area_within(each, code))
            break;
        if (area_level(each) != wanted)
            continue;
        if (found < max)
            gazetteer_at(gazetteer, i, &out[found]);
        found++;
    }
    return found;
}

size_t gazetteer_within(const struct gazetteer *gazetteer, const char *code, size_t *first) {
    size_t end = *first = lower_bound(gazetteer, code);
    while (end < gazetteer->count && area_within(code_at(gazetteer, end), code))
        end++;
    return end - *first;
}

/* ---- distances */

static const struct centre *centre_find(const struct gazetteer *gazetteer, const char *code) {
    size_t centre = area_level(code) < AREA_REGENCY ? 0 : gazetteer->centre_of[regency_number(code)];
    return centre ? &gazetteer->centres[centre - 1] : NULL;
}

bool gazetteer_centre(const struct gazetteer *gazetteer, const char *code, struct position *out) {
    const struct centre *centre = centre_find(gazetteer, code);
    if (centre == NULL)
        return false;
    *out = centre->at;
    return true;
}

/* Haversine on a sphere of 6371 km: within 0.5 % of the ellipsoid, far below the error of a centre. */
double position_distance_km(struct position a, struct position b) {
    const double radian = 0.017453292519943295;
    double half_latitude = sin((b.latitude - a.latitude) * radian / 2);
    double half_longitude = sin((b.longitude - a.longitude) * radian / 2);
    double chord = half_latitude * half_latitude +
                   cos(a.latitude * radian) * cos(b.latitude * radian) * half_longitude * half_longitude;
    return 2 * 6371.0 * asin(sqrt(chord < 1 ? chord : 1));
}

double gazetteer_distance_km(const struct gazetteer *gazetteer, const char *a, const char *b) {
    struct position from, to;
    if (!gazetteer_centre(gazetteer, a, &from) || !gazetteer_centre(gazetteer, b, &to))
        return -1;
    return position_distance_km(from, to);
}

bool gazetteer_nearest_regency(
    const struct gazetteer *gazetteer, struct position at, double max_km, struct place *out) {
    const struct centre *best = NULL;
    double best_km = max_km;
    for (size_t i = 0; i < gazetteer->centres_count; i++) {
        double km = position_distance_km(at, gazetteer->centres[i].at);
        if (km <= best_km) {
            best = &gazetteer->centres[i];
            best_km = km;
        }
    }
    return best != NULL && gazetteer_find(gazetteer, best->code, out);
}
