#include "text.h"

#include "policy.h"

#include "common/area.h"
#include "common/texts.h"

#include <stdio.h>
#include <string.h>

struct text_buffer {
    char *out;
    size_t size, room; /* room without the NUL */
};

/* `to` is full: cut, but not within a character. */
static void cut(struct text_buffer *to) {
    size_t lead = to->size;
    while (lead > 0 && ((unsigned char)to->out[lead - 1] & 0xc0) == 0x80)
        lead--;
    unsigned char first = lead > 0 ? (unsigned char)to->out[lead - 1] : 0;
    size_t whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (first >= 0xc0 && to->size - (lead - 1) < whole) {
        memset(to->out + lead - 1, 0, to->size - (lead - 1));
        to->size = lead - 1;
    }
}

/* No formats: an alert is told in some sixty pieces, and vsnprintf took a seventh of what it costs. */
static void add_bytes(struct text_buffer *to, const char *text, size_t size) {
    size_t room = to->room - to->size, more = size < room ? size : room;
    memcpy(to->out + to->size, text, more);
    to->size += more;
    to->out[to->size] = 0;
    if (more < size)
        cut(to);
}

static void add(struct text_buffer *to, const char *text) {
    add_bytes(to, text, strlen(text));
}

static void add_all(struct text_buffer *to, const char *before, const char *text, const char *behind) {
    add(to, before);
    add(to, text);
    add(to, behind);
}

/* "[P1 URGENT] " */
static void add_priority(struct text_buffer *to, int priority, const char *word) {
    const char code[] = {'[', 'P', (char)('0' + priority), ' '};
    add_bytes(to, code, sizeof code);
    add_all(to, "", word, "] ");
}

static const char *const priority_id[] = {"DARURAT", "MENDESAK", "PRIORITAS", "RUTIN", "INFORMASI"};
static const char *const priority_en[] = {"EMERGENCY", "URGENT", "PRIORITY", "ROUTINE", "INFORMATION"};

/* Kinds that must not be named although their cases are not C3 (field guide: leprosy, HIV). */
static bool is_unnamed(const char *kind) {
    static const char *const unnamed[] = {"odha", "kusta"};
    for (size_t i = 0; i < sizeof unnamed / sizeof *unnamed; i++)
        if (strcmp(kind, unnamed[i]) == 0)
            return true;
    return false;
}

/* Has the case one of them? Then no task code may tell of it. */
static bool has_unnamed(const struct alert *alert) {
    char code[SITE_CODE_MAX + 1];
    for (const char *rest = alert->also; site_codes_next(&rest, code);)
        if (is_unnamed(code))
            return true;
    return is_unnamed(alert->kind);
}

/* Nothing may stand in a message that tells the kind, as task codes do. */
static bool is_secret(const struct alert *alert, const struct site_kind *kind) {
    return is_unnamed(alert->kind) || alert->confidentiality >= SITE_C3 ||
           (kind && kind->confidentiality == SITE_C3);
}

bool text_is_neutral(const struct alert *alert, const struct site_kind *kind) {
    return alert->codes_only || is_secret(alert, kind);
}

/* What is to be done, in one line; %s: the case number. */
struct sentence {
    const char *id, *en;
};

static struct sentence sentence_of_alert(const struct alert *alert) {
    switch (alert->subject) {
    case SUBJECT_CASE:
        return (struct sentence){"Kasus %s perlu ditangani", "Case %s needs someone"};
    case SUBJECT_REVIEW:
        return (struct sentence){"Laporan %s mungkin mengancam nyawa, belum terverifikasi: periksa sekarang",
            "Report %s may be life-threatening, unverified: look at it now"};
    case SUBJECT_OFFER:
        return (struct sentence){"Kasus %s ditawarkan kepada Anda: terima atau tolak",
            "Case %s is offered to you: accept or reject"};
    case SUBJECT_REFERRAL:
        return (struct sentence){"Rujukan kasus %s memerlukan Anda", "The referral of case %s needs you"};
    case SUBJECT_TASK:
        return (struct sentence){"Tugas pada kasus %s", "Task in case %s"};
    case SUBJECT_PARKED:
        return (struct sentence){"Layanan: masukan disisihkan, perlu operator (%s)",
            "Service: an input was put aside, look at it (%s)"};
    case SUBJECT_SILENT:
        return (struct sentence){"Laporan %s berisi tanda bahaya dan belum ditriase: lihat sekarang",
            "Report %s holds danger words and has not been triaged: look now"};
    case SUBJECTS:
        break;
    }
    return (struct sentence){"%s", "%s"};
}

/* Never "needs you no more" where only an alert is over: whoever has tasks in the case keeps them. */
static struct sentence sentence_of_end(const struct alert *alert) {
    switch (alert->subject) {
    case SUBJECT_CASE:
        return (struct sentence){"Kasus %s ditutup; tidak ada lagi yang perlu dikerjakan",
            "Case %s is closed; there is nothing more to do"};
    case SUBJECT_OFFER:
        return (struct sentence){"Tawaran kasus %s tidak perlu dijawab lagi",
            "The offer of case %s need not be answered any more"};
    case SUBJECT_REFERRAL:
        return (struct sentence){
            "Rujukan kasus %s tidak lagi memerlukan Anda", "The referral of case %s no longer needs you"};
    case SUBJECT_TASK:
        return (struct sentence){"Tugas pada kasus %s sudah selesai", "The task in case %s is over"};
    case SUBJECT_REVIEW:
    case SUBJECT_SILENT:
        return (struct sentence){"Laporan %s sudah diperiksa", "Report %s has been looked at"};
    case SUBJECT_PARKED:
    case SUBJECTS:
        break;
    }
    return (struct sentence){"Selesai: %s", "Over: %s"};
}

static struct sentence sentence_of_reminder(const struct alert *alert) {
    switch (alert->subject) {
    case SUBJECT_REVIEW:
    case SUBJECT_SILENT:
        return (struct sentence){"Pengingat: laporan %s sudah Anda terima dan belum diputuskan",
            "Reminder: you have accepted report %s, and it is not decided yet"};
    case SUBJECT_PARKED:
        return (struct sentence){
            "Pengingat: masukan yang disisihkan menunggu Anda (%s); bila sudah beres, tandai selesai",
            "Reminder: the input that was put aside waits for you (%s); if it is seen to, mark it done"};
    case SUBJECT_CASE:
    case SUBJECT_OFFER:
    case SUBJECT_REFERRAL:
    case SUBJECT_TASK:
    case SUBJECTS:
        break;
    }
    return (struct sentence){
        "Pengingat: kasus %s menunggu langkah Anda", "Reminder: case %s waits for your next step"};
}

static struct sentence sentence_of(const struct text_facts *facts) {
    const struct alert *alert = facts->alert;
    switch (facts->delivery->purpose) {
    case PURPOSE_ALERT:
    case PURPOSE_AGAIN:
        if (facts->bystander)
            return (struct sentence){"Fasilitas belum menjawab tawaran kasus %s: telepon fasilitas itu",
                "The facility has not answered the offer of case %s: telephone it"};
        return sentence_of_alert(alert);
    case PURPOSE_NOTICE:
        return sentence_of_alert(alert);
    case PURPOSE_REMINDER:
        return sentence_of_reminder(alert);
    case PURPOSE_TAKEN:
        return (struct sentence){
            "Kasus %s sudah diterima petugas lain", "Case %s has been accepted by someone else"};
    case PURPOSE_STAND_DOWN:
        return sentence_of_end(alert);
    case PURPOSE_PLACED:
        return (struct sentence){
            "Kasus %s sudah mendapat tempat; panggilan ini selesai, tugas Anda pada kasus ini "
            "(bila ada) tetap berjalan",
            "Case %s has a place; this call is over, tasks of yours in this case (if any) go on"};
    case PURPOSE_CHANGE:
        return (struct sentence){"Tambahan untuk kasus %s", "More on case %s"};
    case PURPOSE_REJECTED:
        return (struct sentence){"Tempat tujuan menolak kasus %s; dicarikan yang lain",
            "A facility rejected case %s; the next one is asked"};
    case PURPOSE_EXPIRED:
        return (struct sentence){"Tempat tujuan tidak menjawab kasus %s pada waktunya",
            "A facility did not answer case %s in time"};
    case PURPOSE_UNREACHABLE:
        return (struct sentence){"Pesan tentang kasus %s tidak sampai: hubungi langsung",
            "A message about case %s did not arrive: reach them yourself"};
    case PURPOSE_WITHDRAWN:
        if (strcmp(alert->detail, ALERT_OFFER_REASSIGNED) == 0)
            return (struct sentence){"Penempatan kasus %s dialihkan oleh koordinator",
                "The placement of case %s was given to others by the coordinator"};
        return (struct sentence){
            "Tawaran kasus %s tidak berlaku lagi", "The offer of case %s no longer stands"};
    case PURPOSE_DUE:
        return (struct sentence){"Pengingat: kasus %s sudah Anda terima dan menunggu langkah Anda",
            "Reminder: you have accepted case %s, and it waits for your next step"};
    case PURPOSE_LATE:
        return (struct sentence){
            "Tempat tujuan sudah menerima kasus %s, tetapi terlambat dengan langkah berikutnya",
            "A facility has accepted case %s and is late with its next step"};
    case PURPOSE_ASKED_BACK:
        return (struct sentence){"Kasus %s yang Anda terima diminta kembali: mohon konfirmasi",
            "Case %s, which you have accepted, is asked back: please confirm"};
    case PURPOSE_RECALLED:
        return (struct sentence){"Panggilan untuk kasus %s bukan lagi untuk Anda; petugas lain dipanggil",
            "The call for case %s is not for you any more; others are called"};
    case PURPOSE_NEWS:
        return (struct sentence){
            "Ada pesan baru dari pelapor pada kasus %s", "The reporter of case %s has written again"};
    case PURPOSE_MOVED:
        return (struct sentence){
            "Wilayah kasus %s diperbaiki, bukan lagi wilayah Anda; petugas setempat dipanggil",
            "The place of case %s was corrected, it is not in your area any more; those of the place are "
            "called"};
    case PURPOSE_TASK:
        return (struct sentence){"Kasus %s: ada tugas yang menunggu Anda", "Case %s: tasks wait for you"};
    case PURPOSE_DRAFT:
        return (struct sentence){"Rujukan kasus %s menunggu data yang belum diketahui",
            "The referral of case %s waits for facts that are not known"};
    case PURPOSE_NOBODY:
        return (struct sentence){
            "Tidak ada petugas untuk langkah eskalasi kasus %s", "Nobody is on duty for a step of case %s"};
    case PURPOSES:
        break;
    }
    return sentence_of_alert(alert);
}

static void add_sentence(struct text_buffer *to, const char *pattern, const char *number) {
    const char *at = strstr(pattern, "%s");
    if (!at) {
        add(to, pattern);
        return;
    }
    add_bytes(to, pattern, (size_t)(at - pattern));
    add_all(to, "", number, at + 2);
}

/* The number people quote: the case's, or the report's before there is a case; the journal for an operator.
 */
static void number_of(const struct alert *alert, char out[64]) {
    if (alert->subject == SUBJECT_PARKED)
        copy_text(out, 64, alert->detail);
    else if (alert->subject == SUBJECT_REVIEW || alert->subject == SUBJECT_SILENT)
        id_to_text(&alert->subject_id, out);
    else
        id_to_text(&alert->case_id, out);
}

static void add_further_kinds(struct text_buffer *to, const struct text_facts *facts, bool english) {
    const char *before = english ? "; also " : "; juga ";
    bool any = facts->kinds && facts->alert->also[0];
    for (unsigned i = 0; any && i < facts->kinds->kinds_count; i++) {
        const struct site_kind *kind = &facts->kinds->kinds[i];
        if (!site_kinds_listed(facts->alert->also, kind->code) || is_unnamed(kind->code) ||
            strcmp(kind->code, facts->alert->kind) == 0) /* that became the main one */
            continue;
        add_all(to, before, english ? kind->name_en : kind->name, "");
        before = ", ";
    }
}

static bool says_what(const struct text_facts *facts) {
    return !text_is_neutral(facts->alert, facts->kind) && !facts->delivery->codes_only;
}

/* To the district, the same in both languages; "" when nothing is said of it, or the code is none. */
static void place_of(const struct text_facts *facts, char *out, size_t room) {
    char district[AREA_TEXT + 1];
    out[0] = 0;
    if (!says_what(facts) || !area_cut(facts->alert->area, AREA_DISTRICT, district))
        return;
    if (facts->gazetteer)
        gazetteer_label(facts->gazetteer, district, out, room);
    else
        copy_text(out, room, district);
}

/* "; tempatnya belum pasti: Kota Kediri atau Kabupaten Kediri": whom the reporter has been asked about. */
static void add_unclear(struct text_buffer *to, const struct text_facts *facts, bool english) {
    const char *codes = facts->alert->detail + sizeof ALERT_UNCLEAR - 1;
    const char *before = english ? "; place not certain: " : "; tempatnya belum pasti: ";
    char code[AREA_TEXT + 1], label[128];
    for (int used; sscanf(codes, "%13s%n", code, &used) == 1; codes += used) {
        if (!facts->gazetteer)
            copy_text(label, sizeof label, code);
        else
            gazetteer_label(facts->gazetteer, code, label, sizeof label);
        add_all(to, before, label, "");
        before = english ? " or " : " atau ";
    }
}

static bool is_unclear(const struct alert *alert) {
    return strncmp(alert->detail, ALERT_UNCLEAR " ", sizeof ALERT_UNCLEAR) == 0;
}

static void add_what(
    struct text_buffer *to, const struct text_facts *facts, const char *place, bool english) {
    const struct alert *alert = facts->alert;
    if (alert->unverified && alert->subject != SUBJECT_REVIEW)
        add(to, english ? " (unverified)" : " (belum terverifikasi)");
    if (!says_what(facts)) {
        add(to, english ? ". There is a service message" : ". Ada pesan layanan");
        return;
    }
    bool unclear = alert->subject == SUBJECT_REVIEW && facts->kind && !facts->kind->opens_case;
    if (unclear) /* "not a report" is what it would be if it were nothing: that is what a person finds out */
        add(to, english ? ": what it is about is not clear" : ": isinya belum jelas");
    else if (facts->kind)
        add_all(to, ": ", english ? facts->kind->name_en : facts->kind->name, "");
    if (facts->kind && !unclear)
        add_further_kinds(to, facts, english);
    bool moved = facts->delivery->purpose == PURPOSE_MOVED;
    if (place[0]) {
        add_all(to, !moved ? "; " : english ? "; now in " : "; sekarang di ", place, "");
    } else if (alert->area[0]) {
        return;
    } else if (is_unclear(alert)) {
        add_unclear(to, facts, english);
    } else if (alert->subject == SUBJECT_CASE || alert->subject == SUBJECT_REVIEW) {
        add(to, english ? "; place not known" : "; lokasi belum diketahui");
    }
}

/* Of a case that has moved: whoever had it knows more of it than those who are called now. */
static void add_holder(struct text_buffer *to, const struct text_facts *facts, bool english) {
    const char *holder = facts->alert->detail + sizeof ALERT_MOVED_FROM - 1;
    bool calls = facts->delivery->purpose == PURPOSE_ALERT || facts->delivery->purpose == PURPOSE_AGAIN;
    if (!calls || strncmp(facts->alert->detail, ALERT_MOVED_FROM, sizeof ALERT_MOVED_FROM - 1) != 0)
        return;
    add(to, english ? "; its place was corrected" : "; wilayahnya diperbaiki");
    if (holder[0] && !facts->outside)
        add_all(to, english ? ", still in the hands of " : ", masih dipegang ", holder,
            english ? ": call them" : ": hubungi mereka");
}

static void add_detail(struct text_buffer *to, const struct text_facts *facts, bool english) {
    const struct alert *alert = facts->alert;
    if (alert->subject == SUBJECT_TASK && alert->detail[0] && !is_secret(alert, facts->kind) &&
        !has_unnamed(alert) && !facts->delivery->codes_only)
        add_all(to, " [", alert->detail, "]");
    bool asks = alert->subject == SUBJECT_REFERRAL && facts->delivery->purpose != PURPOSE_STAND_DOWN;
    if (asks && strcmp(alert->detail, "unroutable") == 0)
        add(to, english ? "; nobody is left to ask" : "; tidak ada lagi tempat yang dapat ditanya");
    if (asks && strcmp(alert->detail, ALERT_CONFLICT) == 0) /* why is not for a message */
        add(to, english
                    ? "; its facility was withdrawn: see why, and make sure now that the client is not there"
                    : "; tempatnya ditarik: lihat sebabnya, dan pastikan sekarang klien tidak di sana");
    if (asks && strcmp(alert->detail, "home") == 0)
        add(to, english ? "; it goes on without a facility" : "; dilanjutkan tanpa tempat tujuan");
    if (strcmp(alert->detail, "possibly_same") == 0)
        add(to, english ? "; possibly the same as a known case"
                        : "; mungkin laporan yang sama dengan kasus lain");
    if (strcmp(alert->detail, "report_joined") == 0)
        add(to,
            english ? "; a further report tells of danger to life" : "; laporan lain menyebut bahaya nyawa");
    add_holder(to, facts, english);
    if (facts->delivery->purpose == PURPOSE_TAKEN && alert->answered_team[0] && !facts->outside)
        add_all(to, ": ", alert->answered_team, "");
    if (facts->delivery->purpose == PURPOSE_NOTICE && alert->subject == SUBJECT_CASE &&
        alert->state == ALERT_STATE_ANSWERED)
        add(to, english ? "; somebody else has accepted it: call them if you can help"
                        : "; sudah diterima petugas lain: hubungi mereka bila Anda dapat membantu");
    if (facts->delivery->role[0] && facts->delivery->purpose == PURPOSE_MOVED)
        add_all(to, english ? "; hand it over to " : "; serahkan kepada ", facts->delivery->role, "");
    else if (facts->delivery->role[0])
        add_all(to, english ? ". Please pass on to " : ". Mohon teruskan ke ", facts->delivery->role, "");
    if (facts->by_telephone) /* "isi lewat petugas": who has triage on duty may read every case */
        add(to, english
                    ? ". Details by telephone only: call the triage officer (TRI) on duty and name the case"
                    : ". Rincian hanya lewat telepon: hubungi petugas triase (TRI) piket, sebut nomor kasus");
    if (facts->delivery->person == POLICY_SECOND)
        add(to, english ? ". For the second on duty" : ". Untuk petugas kedua");
    if (alert->prefer_female && facts->delivery->purpose == PURPOSE_ALERT)
        add(to, english ? ". A female officer if there is one" : ". Utamakan petugas perempuan bila ada");
    if (facts->reply_by) {
        char time[32];
        calendar_text(facts->zone, facts->reply_by, time);
        add_all(to, english ? ". Answer by " : ". Jawab sebelum ", time, "");
    }
}

static void add_line(struct text_buffer *to, const struct text_facts *facts, const char *number,
    const char *place, bool english) {
    const struct alert *alert = facts->alert;
    struct sentence sentence = sentence_of(facts);
    if (alert->training)
        add(to, english ? "TRAINING " : "LATIHAN ");
    add_priority(to, alert->priority, (english ? priority_en : priority_id)[alert->priority]);
    if (facts->delivery->purpose == PURPOSE_AGAIN && !facts->bystander)
        add(to, english ? "Still unanswered. " : "Belum dijawab. ");
    add_sentence(to, english ? sentence.en : sentence.id, number);
    add_what(to, facts, place, english);
    add_detail(to, facts, english);
    add(to, ".\n");
}

size_t text_write(
    const struct text_facts *facts, char subject[MESSAGE_SUBJECT_MAX + 1], char text[MESSAGE_TEXT_MAX + 1]) {
    const struct alert *alert = facts->alert;
    char number[64], place[128];
    number_of(alert, number);
    place_of(facts, place, sizeof place);
    struct text_buffer title = {subject, 0, MESSAGE_SUBJECT_MAX}, body = {text, 0, MESSAGE_TEXT_MAX};
    subject[0] = text[0] = 0;
    if (alert->training)
        add(&title, "LATIHAN/TRAINING ");
    add_priority(&title, alert->priority, priority_id[alert->priority]);
    add_all(&title, "Ada pesan layanan / Service message ", number, "");
    add_line(&body, facts, number, place, facts->english_first);
    add_line(&body, facts, number, place, !facts->english_first);
    return body.size;
}

size_t text_add_links(char text[MESSAGE_TEXT_MAX + 1], size_t length, const struct text_links *links) {
    struct text_buffer body = {text, length, MESSAGE_TEXT_MAX};
    if (links->accept)
        add_all(&body, "Terima / Accept: ", links->accept, "\n");
    if (links->cannot)
        add_all(&body, "Tidak bisa / Cannot: ", links->cannot, "\n");
    if (links->open)
        add_all(&body, "Lihat / Open: ", links->open, "\n");
    return body.size;
}
