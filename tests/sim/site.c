/* A site that loads fast: the same rules, facilities and words, places of two regencies only, and of the
 * model the single words. */
#include "sim.h"
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 1024, LINE_BYTES = 1 << 16 };

typedef bool keep_line(const char *line, char *changed);

static bool keep_all(const char *line, char *changed) {
    (void)line;
    (void)changed;
    return true;
}

/* All provinces and regencies, facilities are elsewhere too; districts and villages of Malang and Surabaya.
 */
static bool is_near(const char *code) {
    return strcspn(code, "\t\r\n") <= 5 || strncmp(code, "35.07", 5) == 0 || strncmp(code, "35.78", 5) == 0;
}

static bool keep_near(const char *line, char *changed) {
    (void)changed;
    return line[0] == '#' || is_near(line);
}

static bool keep_near_alias(const char *line, char *changed) {
    const char *code = strchr(line, '\t');
    (void)changed;
    return line[0] == '#' || (code && is_near(code + 1));
}

static bool keep_own_places(const char *line, char *changed) {
    if (strncmp(line, "gazetteer:", 10) == 0)
        strcpy(changed, "gazetteer: places\n");
    return true;
}

/* The model without its pairs of words, which are most of it. */
static bool keep_single(const char *line, char *changed) {
    (void)changed;
    return strncmp(line, "b:", 2) != 0;
}

/* Mails, too: what goes over a network has leases, repetitions and other ways beside it. */
static bool keep_with_mail(const char *line, char *changed) {
    static const char mail[] = "  - name: outbox\n  - name: email\n    options: [{ name: server, value: "
                               "\"smtp://mail.example\" }, { name: from, value: piket@sigap.example }]\n";
    if (strncmp(line, "  - name: outbox", 16) == 0)
        strcpy(changed, mail);
    return true;
}

static keep_line *keep_of(const char *name) {
    if (strcmp(name, "site.yaml") == 0)
        return keep_own_places;
    if (strcmp(name, "channels.yaml") == 0)
        return keep_with_mail;
    return strcmp(name, "weights.tsv") == 0 ? keep_single : keep_all;
}

static bool copy(const char *from, const char *to, keep_line *keep) {
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    static char line[LINE_BYTES], changed[256];
    bool sound = in && out;
    while (sound && fgets(line, sizeof line, in)) {
        changed[0] = 0;
        if (keep(line, changed))
            sound = fputs(changed[0] ? changed : line, out) >= 0;
    }
    if (in)
        fclose(in);
    sound = (!out || fclose(out) == 0) && sound;
    if (!sound)
        fprintf(stderr, "%s cannot be copied to %s: %s\n", from, to, strerror(errno));
    return sound;
}

static bool copy_folder(const char *from, const char *to) {
    DIR *folder = opendir(from);
    bool sound = folder != NULL && (mkdir(to, 0700) == 0 || errno == EEXIST);
    for (struct dirent *entry; sound && (entry = readdir(folder));) {
        char source[PATH_BYTES], target[PATH_BYTES];
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
        snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
        if (stat(source, &info) != 0)
            continue;
        if (S_ISDIR(info.st_mode))
            sound = copy_folder(source, target);
        else
            sound = copy(source, target, keep_of(entry->d_name));
    }
    if (folder)
        closedir(folder);
    return sound;
}

bool sim_site_make(const char *site_dir, const char *into) {
    static const struct {
        const char *name;
        keep_line *keep;
    } places[] = {{"gazetteer.tsv", keep_near}, {"aliases.tsv", keep_near_alias},
        {"landmarks.tsv", keep_near_alias}, {"centroids.tsv", keep_near}, {"words.tsv", keep_all},
        {"relations.tsv", keep_all}, {"choice.tsv", keep_all}};
    char folder[PATH_BYTES];
    snprintf(folder, sizeof folder, "%s/sources.yaml", into);
    if (mkdir(into, 0700) != 0 && errno != EEXIST)
        return false;
    FILE *sources = fopen(folder, "w");
    bool written = sources && fputs(sim_sources, sources) >= 0;
    if (!sources || fclose(sources) != 0 || !written)
        return false;
    snprintf(folder, sizeof folder, "%s/places", into);
    if (!copy_folder(site_dir, into) || mkdir(folder, 0700) != 0)
        return false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char from[PATH_BYTES], to[PATH_BYTES];
        snprintf(from, sizeof from, "%s/../../gazetteer/%s", site_dir, places[i].name);
        snprintf(to, sizeof to, "%s/%s", folder, places[i].name);
        if (!copy(from, to, places[i].keep))
            return false;
    }
    return true;
}
