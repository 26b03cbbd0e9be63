#include "services/ctl/exposition.h"

#include <stdbool.h>
#include <string.h>

static const char *text(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static bool answers(const json_t *daemon) {
    return json_object_get(daemon, "turns") != NULL;
}

/* A backslash and a line's end are escaped everywhere, quotation marks in the values of labels. */
static void write_escaped(FILE *file, const char *value, bool quoted) {
    for (; *value; value++) {
        if (*value == '\n')
            fputs("\\n", file);
        else if (*value == '\\' || (quoted && *value == '"'))
            fprintf(file, "\\%c", *value);
        else
            fputc(*value, file);
    }
}

static void write_family(FILE *file, const char *name, const char *type, const char *help) {
    fprintf(file, "# HELP %s ", name);
    write_escaped(file, help, false);
    fprintf(file, "\n# TYPE %s %s\n", name, type);
}

static void write_label(FILE *file, char before, const char *label, const char *value) {
    fprintf(file, "%c%s=\"", before, label);
    write_escaped(file, value, true);
    fputc('"', file);
}

static void write_value(FILE *file, json_int_t value) {
    fprintf(file, " %lld\n", (long long)value);
}

static void write_of_daemon(FILE *file, const char *name, const json_t *daemon, json_int_t value) {
    fputs(name, file);
    write_label(file, '{', "daemon", text(daemon, "name"));
    fputc('}', file);
    write_value(file, value);
}

/* ---- what every daemon says */

static void write_states(FILE *file, const json_t *daemons) {
    size_t index;
    json_t *daemon;
    write_family(file, "sigap_up", "gauge", "1 when the daemon answers.");
    json_array_foreach(daemons, index, daemon) write_of_daemon(file, "sigap_up", daemon, answers(daemon));
    write_family(file, "sigap_ready", "gauge", "1 when nothing holds the daemon up.");
    json_array_foreach(daemons, index, daemon)
        write_of_daemon(file, "sigap_ready", daemon, strcmp(text(daemon, "state"), "ready") == 0);
    write_family(
        file, "sigap_disk_low", "gauge", "1 when a store has no space and only what may be urgent is taken.");
    json_array_foreach(daemons, index, daemon) if (answers(daemon))
        write_of_daemon(file, "sigap_disk_low", daemon, json_is_true(json_object_get(daemon, "disk_low")));
    write_family(file, "sigap_clock_doubted", "gauge", "1 while a clock that jumped ahead is not believed.");
    json_array_foreach(daemons, index, daemon) if (answers(daemon)) write_of_daemon(
        file, "sigap_clock_doubted", daemon, json_is_true(json_object_get(daemon, "clock_doubted")));
}

static void write_plain(FILE *file, const json_t *daemons) {
    static const struct {
        const char *member, *name, *type, *help;
    } families[] = {
        {"turns", "sigap_turns_total", "counter", "Turns committed since the start."},
        {"inputs", "sigap_inputs_total", "counter", "Inputs worked on since the start."},
        {"rolled_back", "sigap_turns_rolled_back_total", "counter", "Turns taken back since the start."},
        {"parked", "sigap_parked_inputs", "gauge", "Inputs put aside, for an operator to look at."},
        {"waiting", "sigap_waiting_inputs", "gauge", "Records that wait for what they come from."},
        {"log_bytes", "sigap_store_log_bytes", "gauge", "Size of the store's write-ahead log."},
        {"file_bytes", "sigap_store_file_bytes", "gauge", "Size of the store's file."},
    };
    size_t index;
    json_t *daemon;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        write_family(file, families[i].name, families[i].type, families[i].help);
        json_array_foreach(daemons, index, daemon) if (answers(daemon)) write_of_daemon(
            file, families[i].name, daemon, json_integer_value(json_object_get(daemon, families[i].member)));
    }
}

static void write_journals(FILE *file, const json_t *daemons) {
    size_t index, place;
    json_t *daemon, *lane;
    write_family(file, "sigap_journal_records_total", "counter", "Records ever written to the journal.");
    json_array_foreach(daemons, index, daemon) {
        json_array_foreach(json_object_get(daemon, "journal"), place, lane) {
            fputs("sigap_journal_records_total", file);
            write_label(file, '{', "daemon", text(daemon, "name"));
            write_label(file, ',', "lane", text(lane, "lane"));
            fputc('}', file);
            write_value(file, json_integer_value(json_object_get(lane, "head")));
        }
    }
}

static void write_link(
    FILE *file, const char *name, const json_t *daemon, const json_t *link, json_int_t value) {
    fputs(name, file);
    write_label(file, '{', "daemon", text(daemon, "name"));
    write_label(file, ',', "from", text(link, "from"));
    write_label(file, ',', "lane", text(link, "lane"));
    fputc('}', file);
    write_value(file, value);
}

static void write_links(FILE *file, const json_t *daemons) {
    size_t index, place;
    json_t *daemon, *link;
    write_family(file, "sigap_link_lag_records", "gauge", "Records of another's journal not yet read.");
    json_array_foreach(daemons, index, daemon)
        json_array_foreach(json_object_get(daemon, "links"), place, link) write_link(
            file, "sigap_link_lag_records", daemon, link, json_integer_value(json_object_get(link, "lag")));
    write_family(file, "sigap_link_live", "gauge", "1 while the other daemon is heard of.");
    json_array_foreach(daemons, index, daemon) json_array_foreach(json_object_get(daemon, "links"), place,
        link) write_link(file, "sigap_link_live", daemon, link, strcmp(text(link, "state"), "live") == 0);
}

/* ---- what one daemon says */

static void write_own(FILE *file, const json_t *family) {
    size_t index;
    json_t *sample;
    const char *name = text(family, "name");
    write_family(file, name, text(family, "type"), text(family, "help"));
    json_array_foreach(json_object_get(family, "samples"), index, sample) {
        fputs(name, file);
        if (json_object_get(sample, "label")) {
            write_label(file, '{', text(sample, "label"), text(sample, "word"));
            fputc('}', file);
        }
        write_value(file, json_integer_value(json_object_get(sample, "value")));
    }
}

void exposition_write(FILE *file, const json_t *daemons) {
    size_t index, place;
    json_t *daemon, *family;
    write_states(file, daemons);
    write_plain(file, daemons);
    write_journals(file, daemons);
    write_links(file, daemons);
    json_array_foreach(daemons, index, daemon)
        json_array_foreach(json_object_get(daemon, "metrics"), place, family) write_own(file, family);
}
