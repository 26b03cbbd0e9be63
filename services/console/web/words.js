// What the page says: Indonesian first, English second. Codes of the site (kinds, roles, concepts, rules ...) come from
// /api/site, out of the site's files; only the program's own words are here.
const words = {
  sign_in: ['Masuk', 'Sign in'],
  sign_out: ['Keluar', 'Sign out'],
  account: ['Nama akun', 'Account'],
  password: ['Kata sandi', 'Password'],
  new_password: ['Kata sandi baru (paling sedikit 12 huruf)', 'New password (at least 12 characters)'],
  change_password: ['Ganti kata sandi', 'Change password'],
  session_over: ['Sesi berakhir. Silakan masuk lagi.', 'The session is over. Please sign in again.'],
  live: ['langsung', 'live'],
  holes: ['sebagian', 'partly'],
  lost: ['terputus', 'no answer'],
  missing: ['Belum menjawab', 'Not answering'],
  cases: ['Kasus', 'Cases'],
  queues: ['Antrean', 'Queues'],
  deliveries: ['Pesan', 'Messages'],
  status: ['Sistem', 'System'],
  duty: ['Piket', 'Duty'],
  rota: ['Jadwal piket', 'Rota'],
  rota_people: ['Petugas, bergiliran', 'People, in turn'],
  rota_people_hint: ['Kode petugas menurut urutan, dipisah spasi.', 'Codes of people in their order, with blanks between.'],
  rota_period: ['Giliran', 'Turn'],
  each_week: ['tiap minggu', 'each week'],
  each_day: ['tiap hari', 'each day'],
  rota_handover: ['Serah terima', 'Handover'],
  rota_start: ['Mulai (tahun-bulan-tanggal)', 'Start (year-month-day)'],
  rota_at_once: ['Bertugas bersamaan', 'On duty at once'],
  swap: ['Ganti petugas', 'Swap'],
  instead_of: ['Menggantikan', 'Instead of'],
  takes_over: ['Petugas pengganti', 'Who takes over'],
  takes_over_hint: ['Kode petugas; kosong = tidak ada penggantinya.', 'Code of a person; empty = nobody takes over.'],
  from: ['Dari', 'From'],
  until: ['Sampai', 'Until'],
  nobody: ['tidak ada', 'nobody'],
  remove: ['Hapus', 'Remove'],
  change: ['Ubah', 'Change'],
  uncovered: ['Waktu tanpa petugas', 'Times with nobody'],
  mailbox_only: ['Tim tanpa jadwal (hanya kotak pesan)', 'Teams without a rota (mailbox only)'],
  team: ['Tim', 'Team'],
  people: ['Petugas', 'People'],
  name: ['Nama', 'Name'],
  contacts: ['Cara menghubungi', 'How to reach them'],
  contacts_hint: ['Satu baris satu cara: email nama@dinas.example, atau outbox.', 'A line each: email name@office.example, or outbox.'],
  language: ['Bahasa', 'Language'],
  new_person: ['Petugas baru', 'New person'],
  person_code_hint: ['Kode tetap: huruf kecil, angka, tanda hubung. Bukan nama.', 'A code for good: small letters, digits, hyphens. Not a name.'],
  has_left: ['Sudah tidak bertugas', 'Has left'],
  void_links: ['Batalkan semua tautan', 'Void all links'],
  reviews: ['Perlu diputuskan', 'To be decided'],
  read_together: ['Baca beberapa sekaligus', 'Read several at once'],
  together_hint: ['Centang yang bukan laporan setelah membacanya. Kemungkinan bahaya tidak ada di sini: dilihat satu per satu.',
    'Tick what is no report once you have read it. Possible danger is not among these: it is looked at one by one.'],
  no_report: ['Bukan laporan', 'No report'],
  look_alone: ['Lihat sendiri', 'Look at it alone'],
  were_closed: ['ditutup', 'closed'],
  close_ticked: ['Tutup yang dicentang', 'Close the ticked ones'],
  duplicates: ['Mungkin kasus yang sama', 'Possibly the same case'],
  unroutable: ['Tak ada tempat', 'No place found'],
  drafts: ['Fakta belum lengkap', 'Facts missing'],
  offers: ['Tawaran terbuka', 'Open offers'],
  overdue: ['Tugas terlambat', 'Overdue tasks'],
  alerts: ['Peringatan', 'Alerts'],
  notices: ['Pemberitahuan', 'Notices'],
  parked: ['Disisihkan', 'Put aside'],
  hooks: ['Pesan kanal yang tidak terbaca', 'Messages of platforms that could not be read'],
  retry: ['Baca lagi', 'Read again'],
  erased_at: ['dihapus', 'erased'],
  being_read_again: ['Sedang dibaca lagi.', 'It is being read again.'],
  nothing: ['Tidak ada.', 'Nothing.'],
  loading: ['Memuat…', 'Loading…'],
  close: ['Tutup', 'Close'],
  reload: ['Muat ulang', 'Reload'],
  back: ['Kembali', 'Back'],
  send: ['Kirim', 'Send'],
  saved: ['Tersimpan', 'Saved'],
  pending: ['Diterima, sedang dikerjakan.', 'Taken; being worked on.'],
  failed: ['Tidak berhasil', 'It did not work'],
  no_network: ['Tidak ada sambungan', 'No connection'],
  unknown_area: ['wilayah belum jelas', 'place not clear'],
  unknown_kind: ['jenis belum jelas', 'kind not clear'],
  unclear_report: ['Isi laporan belum jelas', 'What it is about is not clear'],
  maybe_danger: ['Mungkin bahaya, isi belum jelas', 'Possible danger, not clear'],
  unverified: ['belum diverifikasi', 'unverified'],
  possibly_same: ['mungkin laporan yang sama', 'possibly the same report'],
  copies: ['salinan', 'copies'],
  alike: ['Mungkin kasus yang sama', 'Possibly the same case'],
  same_hint: ['% mirip', '% alike'],
  merge_into: ['Gabung ke kasus ini', 'Merge into this one'],
  merge: ['Gabung dengan kasus lain', 'Merge with another case'],
  not_same: ['Bukan kasus yang sama', 'Not the same case'],
  join_this: ['Gabung ke kasus ini', 'Join this case'],
  case_number: ['Nomor kasus tujuan', 'Number of the case to merge into'],
  merge_hint: ['Kasus ini ditutup, laporannya dipindah. Bisa dibatalkan.', 'This case is closed, its reports go over. It can be undone.'],
  split: ['Pisahkan', 'Take out'],
  split_hint: ['Laporan ini mendapat kasusnya sendiri (atau kembali ke kasus asalnya).', 'The report gets a case of its own (or goes back with the case it came from).'],
  reports: ['Laporan dalam kasus ini', 'Reports of this case'],
  merged_into: ['Digabung ke kasus lain', 'Merged into another case'],
  open_it: ['Buka', 'Open'],
  why: ['Mengapa dinilai begini', 'Why it was judged so'],
  first_words: ['Pesan sebelumnya', 'The message before'],
  weight: ['bobot', 'weight'],
  forwarded: ['diteruskan dari orang lain', 'passed on'],
  group: ['dari grup', 'from a group'],
  measures: ['Ketepatan triase', 'How well triage judges'],
  measures_hint: ['8 minggu: keputusan petugas dibanding usul mesin.', '8 weeks: decisions of people beside what the machine said.'],
  decisions: ['keputusan', 'decisions'],
  kind_changed: ['jenis diubah', 'kinds changed'],
  priority_changed: ['prioritas diubah', 'priorities changed'],
  area_changed: ['wilayah diubah', 'areas changed'],
  drift: ['Pergeseran (Δ) tiap minggu', 'Drift (Δ) by week'],
  reports_count: ['laporan', 'reports'],
  said_decided: ['mesin → petugas', 'machine → people'],
  digabung: ['Digabung', 'Merged'],
  training: ['LATIHAN / TRAINING', 'LATIHAN / TRAINING'],
  danger: ['kata bahaya', 'danger words'],
  restricted: ['Rahasia: isi berkas hanya untuk petugas yang ditunjuk.', 'Confidential: only for those named for it.'],
  referral: ['Rujukan', 'Referral'],
  tasks: ['Tugas', 'Tasks'],
  facts: ['Fakta', 'Facts'],
  age_band: ['Kelompok umur', 'Age group'],
  sex: ['Jenis kelamin', 'Sex'],
  not_known: ['belum diketahui', 'not known'],
  confidential: ['rahasia', 'confidential'],
  confidential_case: ['Kasus rahasia', 'Confidential case'],
  not_yours_to_answer: ['Kasus rahasia: hanya petugas yang ditunjuk yang dapat menjawab.', 'Confidential: only those named for it can answer.'],
  not_called: ['Anda tidak dihubungi untuk peringatan ini.', 'You are not being called for this alert.'],
  find: ['Cari', 'Find'],
  find_hint: ['Nomor kasus atau tiket', 'Case number or ticket'],
  not_found: ['Tidak ditemukan, atau bukan wewenang Anda.', 'Not found, or not yours to see.'],
  every_priority: ['Semua prioritas', 'Every priority'],
  every_area: ['Semua wilayah', 'Every area'],
  filter_area: ['Kode wilayah', 'Area code'],
  show_more: ['Tampilkan lebih banyak', 'Show more'],
  shown_of: ['dari', 'of'],
  candidates: ['Mengapa tempat ini', 'Why this place'],
  timeline: ['Riwayat', 'History'],
  narrative: ['Isi laporan', 'The report itself'],
  restricted_kind: ['Rahasia (C3)', 'Confidential (C3)'],
  choose: ['pilih…', 'choose…'],
  read_narrative: ['Baca isi laporan (dicatat)', 'Read the report (is recorded)'],
  show_photo: ['Tampilkan foto', 'Show photo'],
  hide_photo: ['Sembunyikan foto', 'Hide photo'],
  photo_hint: ['Mungkin berat dilihat. Setiap kali dilihat dicatat.', 'It may be hard to look at. Each look is recorded.'],
  photo_failed: ['Foto tidak dapat ditampilkan: rusak, terlalu besar, atau jenis lain.', 'The photo cannot be shown: broken, too large, or of another kind.'],
  medium_photo: ['Foto', 'Photo'],
  medium_voice: ['Pesan suara', 'Voice message'],
  medium_audio: ['Rekaman suara', 'Recording'],
  medium_video: ['Video', 'Video'],
  medium_document: ['Dokumen', 'Document'],
  medium_sticker: ['Stiker', 'Sticker'],
  medium_kept: ['tersimpan, tidak ditampilkan di sini', 'kept, not shown here'],
  medium_wanted: ['sedang diambil', 'being fetched'],
  medium_unavailable: ['tidak dapat diambil', 'cannot be had'],
  not_allowed: ['Anda tidak berhak melihat ini.', 'You have no right to see this.'],
  not_there: ['Tidak ditemukan, atau bukan wilayah Anda.', 'Not found, or not in your area.'],
  opened: ['Dibuka', 'Opened'],
  area: ['Wilayah', 'Area'],
  kind: ['Jenis', 'Kind'],
  priority: ['Prioritas', 'Priority'],
  confidentiality: ['Kerahasiaan', 'Confidentiality'],
  confidence: ['Keyakinan', 'Confidence'],
  reasons: ['Dasar', 'Reasons'],
  rule: ['Aturan', 'Rule'],
  rule_in_question: ['belum pasti:', 'not certain yet:'],
  plan: ['Rencana', 'Plan'],
  owner: ['Penanggung jawab', 'Owner'],
  missing_facts: ['Belum diketahui', 'Not known yet'],
  answer_by: ['Jawab sebelum', 'Answer by'],
  answered_by: ['Dijawab oleh', 'Answered by'],
  due: ['tenggat', 'due'],
  left: ['sisa', 'left'],
  over: ['lewat', 'late'],
  under_a_minute: ['kurang dari 1 mnt', 'under 1 min'],
  ago: ['lalu', 'ago'],
  attempts: ['percobaan', 'attempts'],
  accept: ['Terima', 'Accept'],
  reject: ['Tolak', 'Reject'],
  cancel: ['Batalkan', 'Cancel'],
  decline: ['Tarik kembali', 'Withdraw'],
  schedule: ['Jadwalkan', 'Schedule'],
  arrive: ['Sudah tiba', 'Has arrived'],
  no_show: ['Tidak datang', 'No show'],
  hold: ['Tunda', 'Hold'],
  resume: ['Lanjutkan', 'Resume'],
  complete: ['Selesai', 'Complete'],
  fail: ['Gagal', 'Failed'],
  request_cancel: ['Minta batal', 'Ask to cancel'],
  confirm_cancel: ['Setujui batal', 'Confirm cancelling'],
  done: ['Selesai', 'Done'],
  reopen: ['Buka lagi', 'Reopen'],
  cannot: ['Saya tidak bisa', 'I cannot'],
  take_it: ['Saya tangani', 'I take it'],
  snooze: ['Ingatkan 30 menit lagi', 'Remind me in 30 minutes'],
  escalate: ['Teruskan', 'Pass it up'],
  assign: ['Tunjuk tempat', 'Choose a place'],
  facility: ['Tempat', 'Place'],
  decide: ['Putuskan', 'Decide'],
  open_case: ['Buka kasus', 'Open a case'],
  close_report: ['Tutup sebagai informasi', 'Close as information'],
  change_case: ['Ubah jenis, prioritas, wilayah', 'Change kind, priority, area'],
  close_case: ['Tutup kasus', 'Close the case'],
  outcome: ['Hasil', 'Outcome'],
  evidence: ['Bukti atau hasil', 'Evidence or outcome'],
  reason: ['Alasan', 'Reason'],
  reason_hint: ['Tanpa nama dan alamat.', 'No names, no addresses.'],
  reason_code: ['Alasan baku', 'Standard reason'],
  on_behalf: ['Dijawab lewat telepon, atas nama', 'Answered by telephone, on behalf of'],
  also_kinds: ['Jenis lain', 'Further kinds'],
  conflict_hint: ['Ditambahkan pada yang sudah tercatat', 'Added to those on record'],
  none_of_them: ['tidak satu pun (hapus yang tercatat)', 'none of them (takes back those on record)'],
  merged_kinds: ['Jenis yang ikut ke kasus gabungan', 'Kinds that went over with the merge'],
  also_kinds_hint: ['Untuk korban lain, atau kejadian lain pada korban yang sama', 'Of other victims, or another wrong done to the same'],
  record_fact: ['Catat fakta', 'Record a fact'],
  value: ['Nilai', 'Value'],
  yes: ['ya', 'yes'],
  no: ['tidak', 'no'],
  unchanged: ['tidak diubah', 'as it is'],
  terbukti: ['Terbukti', 'Confirmed'],
  tidak_terbukti: ['Tidak terbukti', 'Not confirmed'],
  motif_lain: ['Motif lain', 'Another motive'],
  duplikat: ['Laporan ganda', 'Duplicate'],
  age_now: ['baru saja', 'just now'],
  lag: ['tertinggal', 'behind'],
  waiting_records: ['menunggu', 'waiting'],
  daemon_ready: ['siap', 'ready'],
  daemon_degraded: ['terganggu', 'degraded'],
};

// Words of states, as the daemons say them.
const states = {
  draft: ['menunggu fakta', 'draft'], active: ['berjalan', 'active'], on_hold: ['ditunda', 'on hold'],
  unroutable: ['tak ada tempat', 'no place found'], revoked: ['dicabut', 'revoked'], completed: ['selesai', 'completed'],
  home: ['di rumah', 'at home'], requested: ['ditawarkan', 'requested'], received: ['tawaran tersampaikan, belum dijawab', 'offer delivered, not answered yet'],
  accepted: ['diterima', 'accepted'], rejected: ['ditolak', 'rejected'], cancelled: ['dibatalkan', 'cancelled'],
  expired: ['lewat waktu', 'expired'], in_progress: ['sedang dilayani', 'in progress'], failed: ['gagal', 'failed'],
  entered_in_error: ['salah catat', 'entered in error'], waiting: ['menunggu', 'waiting'], due: ['harus dikerjakan', 'due'],
  overdue: ['terlambat', 'overdue'], done: ['selesai', 'done'], open: ['terbuka', 'open'], closed: ['ditutup', 'closed'],
  erased: ['dihapus', 'erased'], answered: ['dijawab', 'answered'], exhausted: ['tak terjawab', 'unanswered'],
  stood_down: ['tidak perlu lagi', 'stood down'], queued: ['antre', 'queued'], held: ['ditahan', 'held'],
  bundled: ['digabung', 'bundled'], superseded: ['digantikan', 'superseded'], sending: ['sedang dikirim', 'sending'],
  sent: ['terkirim', 'sent'], delivered: ['pesan tersampaikan', 'message delivered'], read: ['dibaca', 'read'],
  retry_wait: ['dicoba lagi', 'will retry'], unknown: ['belum pasti', 'not known'], no_receipt: ['tanpa tanda terima', 'no receipt'],
  dead: ['gagal', 'dead'], in_review: ['diputuskan petugas', 'in review'],
};

// Why a report needs a person, what an alert is about, what has happened in a case file.
const happenings = {
  place_differs: ['tempat lain dari kasusnya', 'another place than the case says'], place_corrected: ['tempat diralat pelapor', 'place corrected by the reporter'],
  no_match: ['tidak dikenali', 'nothing recognised'], low_confidence: ['kurang yakin', 'not sure'],
  several_kinds: ['beberapa jenis', 'several kinds'], place_unclear: ['tempat belum jelas', 'place not clear'],
  case: ['Kasus', 'Case'], review: ['Laporan perlu diputuskan', 'A report to be decided'], offer: ['Tawaran', 'Offer'],
  referral: ['Rujukan', 'Referral'], task: ['Tugas', 'Task'], parked: ['Disisihkan', 'Put aside'],
  silent: ['Bagian sistem diam', 'A part of the system is silent'],
  report_joined: ['Laporan lain', 'Another report'], report_parted: ['Laporan dipisahkan', 'A report was taken out'],
  case_merged: ['Digabung ke kasus', 'Merged into case'], case_merged_in: ['Menerima laporan dari kasus', 'Took over the reports of case'],
  case_unmerged: ['Dipisah lagi dari kasus', 'Taken apart again from case'], case_unmerged_out: ['Laporan kembali ke kasus', 'Reports went back to case'],
  case_distinct: ['Bukan kejadian yang sama dengan kasus', 'Not the same incident as case'],
  case_not_merged: ['Tidak jadi digabung, kasus lain sudah dihapus', 'Not merged, the other case is erased'],
  fact_told: ['Laporan menyebut lain; catatan petugas tetap', 'A report says otherwise; what a person recorded stays'],
  tasks_without_room: ['Tidak semua tugas muat, perlu ditinjau', 'No room for all tasks, needs a look'],
  kinds_without_room: ['Tidak muat di kasus ini, perlu kasus sendiri', 'No room in this case, needs a case of its own'],
  edit: ['disunting', 'edited'], album: ['foto lain', 'another photo'], follow_up: ['susulan', 'follow-up'], answer: ['jawaban', 'answer'],
  withdrawal: ['ditarik pelapor', 'withdrawn by its reporter'], opened: ['pembuka', 'opened the case'], merged: ['dari kasus yang digabung', 'of a merged case'],
  forwarded: ['diteruskan dari orang lain', 'passed on'],
  possibly_same: ['mungkin laporan yang sama', 'possibly the same report'], digabung: ['digabung', 'merged'],
  kind: ['jenis', 'kind'], keyword: ['kata kunci', 'keyword'], word: ['kata', 'word'], concept: ['arti', 'meaning'], denied: ['disangkal', 'denied'],
  turn: ['ternyata', 'turns out'], parent: ['tentang laporan', 'about a report of'], taken_back: ['ditarik kembali', 'taken back'], turned_true: ['ternyata benar', 'true after all'],
  combination: ['gabungan', 'combination'], urgency: ['aturan', 'rule'], place: ['tempat', 'place'], mark: ['tanda', 'mark'],
  position: ['titik peta', 'position'], declared: ['dari formulir', 'declared'], position_far: ['titik peta jauh dari tempat ini', 'the position is far from this place'], text: ['dari teks', 'from the text'], declared_unknown: ['kode tak dikenal', 'unknown code'], witness: ['saksi', 'witness'], copy: ['salinan', 'copy'],
  case_opened: ['Kasus dibuka', 'Case opened'], case_changed: ['Kasus diubah', 'Case changed'],
  case_closed: ['Kasus ditutup', 'Case closed'], case_reopened: ['Kasus dibuka lagi', 'Case reopened'],
  fact: ['Fakta', 'Fact'], task_done: ['Tugas selesai', 'Task done'], task_assigned: ['Tugas diberikan', 'Task assigned'],
  task_cancelled: ['Tugas dibatalkan', 'Task cancelled'], task_reopened: ['Tugas dibuka lagi', 'Task reopened'],
  offer_sent: ['Ditawarkan', 'Offered'], offer_accept: ['Diterima', 'Accepted'], offer_reject: ['Ditolak', 'Rejected'],
  offer_expire: ['Tidak dijawab', 'Not answered'], offer_deliver: ['Tawaran tersampaikan', 'The offer was delivered'],
  reassigned: ['dialihkan oleh koordinator', 'given to others by the coordinator'],
  offer_cancel: ['Tawaran dibatalkan', 'Offer cancelled'], offer_decline: ['Ditarik kembali', 'Withdrawn'],
  offer_arrive: ['Klien tiba', 'Client arrived'], offer_schedule: ['Dijadwalkan', 'Scheduled'],
  offer_complete: ['Layanan selesai', 'Service completed'], offer_fail: ['Layanan gagal', 'Service failed'],
  offer_hold: ['Ditunda', 'On hold'], offer_resume: ['Dilanjutkan', 'Resumed'], home: ['di rumah', 'at home'],
  offer_received: ['Tawaran tersampaikan', 'The offer was delivered'], offer_undelivered: ['Belum pasti tawaran tersampaikan', 'Not known whether the offer was delivered'],
  offer_warn: ['Separuh waktu jawab lewat', 'Half of the time to answer is over'], offer_warn_start: ['Separuh waktu mulai lewat', 'Half of the time to start is over'],
  offer_warn_hold: ['Masih ditunda', 'Still on hold'], offer_hold_timeout: ['Terlalu lama ditunda', 'On hold for too long'],
  offer_start_timeout: ['Belum dimulai', 'Not started in time'], offer_start_expire: ['Tidak pernah dimulai', 'Never started'],
  offer_request_cancel: ['Diminta batal', 'Asked to cancel'], offer_confirm_cancel: ['Pembatalan disetujui', 'Cancelling confirmed'],
  offer_reschedule: ['Dijadwalkan ulang', 'Rescheduled'], offer_no_show: ['Tidak datang', 'Did not come'], offer_error: ['Salah catat', 'Entered in error'],
  offer_onward: ['Perlu tempat berikutnya', 'Where to next'], offer_stay: ['Terlalu lama di rumah singgah', 'Too long in a transit house'],
  referral_moved: ['Rujukan berubah', 'Referral moved'], alert: ['Petugas diberi tahu', 'People were told'], alert_moved: ['Pemberitahuan', 'Alert'],
  delivery_ended: ['Pesan tidak sampai', 'A message did not arrive'],
  accept: ['ditangani', 'taken'], cannot: ['tidak bisa', 'cannot'], stand_down: ['tidak perlu lagi', 'stood down'], step: ['diteruskan', 'passed up'],
  exhaust: ['tak terjawab', 'nobody answered'], lapse: ['jawaban kedaluwarsa', 'the answer lapsed'], snooze: ['diingatkan lagi', 'reminded again'],
  escalate: ['diteruskan', 'passed up'], done: ['selesai', 'done'],
  empty: ['tanpa isi', 'nothing in it'], possible_danger: ['mungkin bahaya', 'possible danger'], learnt: ['pengalaman laporan lama', 'learnt from earlier reports'],
  caller: ['pengirim menyebutnya mendesak', 'the sender called it urgent'], default: ['prioritas biasa jenis ini', 'the usual priority of its kind'],
  fits: ['cocok', 'fits'], maybe: ['mungkin', 'maybe'], out: ['tidak', 'no'],
  beyond_places: ['melebihi jumlah tempat yang tercatat', 'beyond the places on record'],
  ask_first: ['tanya dulu: tempat belum diketahui', 'ask first: places not known'], by_hand: ['dipilih koordinator', 'chosen by a coordinator'],
};

// Why a referral has moved.
const moves = {
  opened: ['kasus dibuka', 'case opened'], refused: ['ditolak tempat', 'refused by the place'], expired: ['tidak dijawab', 'not answered'],
  withdrawn: ['ditarik kembali', 'withdrawn'], failed: ['layanan gagal', 'service failed'], entered_in_error: ['salah catat', 'entered in error'],
  conflict_of_interest: ['ada konflik kepentingan', 'conflict of interest'], refused_twice: ['ditolak dua kali', 'refused twice'],
  completed: ['layanan selesai', 'service completed'], assigned: ['ditunjuk koordinator', 'chosen by a coordinator'],
  reopened: ['kasus dibuka lagi', 'case reopened'], case_closed: ['kasus ditutup', 'case closed'],
  province_told: ['provinsi diberi tahu', 'the province was told'], place_free: ['ada tempat kosong', 'a place is free'],
};

// Why a message of a platform lies aside; what a decoder says of its own stands as it is.
const hookReasons = {
  unreadable: ['tidak terbaca', 'cannot be read'], blocked: ['pengirim diblokir', 'the sender is blocked'], cut: ['terlalu panjang', 'too long'],
  not_acceptable: ['tidak dapat diterima', 'not acceptable'], no_id: ['tanpa nomor', 'without an id'],
};

let english = false;
try { english = localStorage.getItem('sigap-language') === 'en'; } catch { /* private window */ }

export const isEnglish = () => english;

export function setEnglish(on) {
  english = on;
  document.documentElement.lang = on ? 'en' : 'id';
  try { localStorage.setItem('sigap-language', on ? 'en' : 'id'); } catch { /* private window */ }
}

export const say = (key) => (words[key] ?? [key, key])[english ? 1 : 0];
export function sayState(state) {
  const word = (state ?? '').replaceAll('-', '_');
  return (states[word] ?? [word, word])[english ? 1 : 0];
}
export const sayHappening = (word) => (happenings[word] ?? [word ?? '', word ?? ''])[english ? 1 : 0];
export function sayHook(reason) {
  const word = (reason ?? '').replace(/ training$/, '');
  return (hookReasons[word] ?? [word, word])[english ? 1 : 0];
}
// Sentences of the daemons hold both languages: "Kalimat / Sentence".
export function sayPair(text) {
  const parts = (text ?? '').split(' / ');
  return parts.length === 2 ? parts[english ? 1 : 0] : text ?? '';
}

// ---- the site's words ----
let site = {
  kinds: [], roles: [], refusal_reasons: [], facts: [], flags: [], anchors: [], actions: [], rules: [], policies: [],
  concepts: [], combinations: [], urgency: [], areas: {}, zone: 'Asia/Jakarta', zone_name: 'WIB',
};

export const setSite = (document) => { site = { ...site, ...document }; };
export const getSite = () => site;

const wordsOf = (list, code) => {
  const found = list.find((one) => one.code === code);
  return found ? (english ? found.name_en : found.name) : undefined;
};
const named = (list, code) => wordsOf(list, code) ?? code;
export const sayKind = (code) => (code ? named(site.kinds, code) : say('unknown_kind'));
// Does such a report open a case?
export const isReport = (code) => site.kinds.some((kind) => kind.code === code && kind.opens_case);
// For a list: without what stands in brackets.
export const sayKindShort = (code) => sayKind(code).replace(/ \(.*\)$/, '');
export const sayRole = (code) => (code ? named(site.roles, code) : '');
// A question of the rules, a mark of the case file, or what has happened ("shelter.admitted" is kept as shelter_admitted).
export const sayFact = (name) => wordsOf(site.facts, name) ?? wordsOf(site.flags, name)
  ?? wordsOf(site.anchors, site.anchors.find((one) => one.code.replaceAll('.', '_') === name)?.code) ?? words[name]?.[english ? 1 : 0] ?? name;
const sayYesNo = { yes: ['ya', 'yes'], no: ['tidak', 'no'], L: ['laki-laki', 'male'], P: ['perempuan', 'female'] };
// The further kinds of a case (a fact of codes separated by spaces); what became its main kind is none any more.
export function sayAlso(codes, main) {
  const further = (codes ?? '').split(' ').filter((code) => code && !['no', 'unknown', main].includes(code));
  return further.map(sayKindShort).join(', ') || null;
}
export const sayValue = (value, fact) => (['also_kinds', 'merged_kinds'].includes(fact) ? sayAlso(value) : null) ?? wordsOf(site.facts.find((one) => one.code === fact)?.values ?? [], value)
  ?? (sayYesNo[value] ?? [value, value])[english ? 1 : 0];
// A code of the site's rules and vocabulary (no two families look alike); undefined where the site has no such code.
export const sayCode = (code) => ['concepts', 'combinations', 'urgency', 'rules', 'actions', 'policies']
  .map((family) => wordsOf(site[family], code)).find((text) => text !== undefined);
export const sayMove = (reason) => (moves[reason] ?? [reason ?? '', reason ?? ''])[english ? 1 : 0];
export const sayReason = (code) => named(site.refusal_reasons, code);

// "Singosari, Kab. Malang"; the code itself where the site does not know it.
export function sayArea(code) {
  if (!code) return say('unknown_area');
  const parts = code.split('.');
  const regency = site.areas[parts.slice(0, 2).join('.')], district = site.areas[parts.slice(0, 3).join('.')];
  if (parts.length < 3 || !district) return site.areas[code] ?? regency ?? code;
  return regency ? `${district}, ${regency}` : district;
}

export function sayTime(at) {
  if (!at) return '';
  const text = new Intl.DateTimeFormat(english ? 'en-GB' : 'id-ID',
    { timeZone: site.zone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at);
  return `${text} ${site.zone_name}`;
}

const units = [[86400e3, 'h', 'd'], [3600e3, 'j', 'h'], [60e3, 'mnt', 'min']];
// "3 mnt": h is hari (days), j is jam (hours).
export function saySpan(ms) {
  for (const [size, indonesian, inEnglish] of units)
    if (ms >= size) return `${Math.floor(ms / size)} ${english ? inEnglish : indonesian}`;
  return say('age_now');
}
