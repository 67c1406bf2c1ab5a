/** Schedules as people choose them, and their two written forms: a trigger's settings, or a cron text alone. */
export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
export const MODES = [
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'On days of the week' },
  { value: 'monthly', label: 'On a day of the month' },
  { value: 'interval', label: 'Again and again' },
  { value: 'once', label: 'Once' },
  { value: 'cron', label: 'By a cron line' },
];

/** Which of a month's Mondays, Tuesdays …; the place in the list is what cron writes behind `#`. */
const TURNS = ['first', 'second', 'third', 'fourth', 'last'];
/** Marks a choice of the day of the month that names a day of the week as well: `last *`. */
const TURN = ' *';

const ordinal = (number) => number + (number > 10 && number < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] || 'th'));

/** The days of a month that can be chosen. */
export const MONTH_DAYS = [
  ...Array.from({ length: 31 }, (_, i) => ({ value: String(i + 1), label: ordinal(i + 1) })),
  { value: 'last', label: 'last day' },
  ...TURNS.map((turn) => ({ value: turn + TURN, label: `${turn} …` })),
];

/** Say whether the chosen day of the month names a day of the week as well. */
export const isTurn = (state) => state.monthday.endsWith(TURN);

const blank = () => ({ mode: 'daily', time: '09:00', days: ['monday'], monthday: '1', turnday: 'monday', every: '1 hour', cron: '0 9 * * *', at: '', extra: {} });
const clock = (hour, minute) => `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
const DAY_WORDS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function weekdays(text) {
  const days = new Set();
  for (const part of text.toLowerCase().split(',')) {
    const ends = part.split('-').map((word) => (DAY_WORDS.includes(word) ? DAY_WORDS.indexOf(word) : /^[0-7]$/.test(word) ? Number(word) : NaN));
    if (ends.some(Number.isNaN) || ends.length > 2) return null;
    for (let day = ends[0]; day <= (ends[1] ?? ends[0]); day += 1) days.add(DAYS[(day + 6) % 7]);
  }
  return DAYS.filter((day) => days.has(day));
}

/** Read a cron line into the simplest mode that says the same. */
function fromCron(cron) {
  const state = { ...blank(), mode: 'cron', cron };
  const [minute, hour, date, month, weekday, ...rest] = cron.trim().split(/\s+/);
  if (rest.length || month !== '*' || !/^\d{1,2}$/.test(minute) || !/^\d{1,2}$/.test(hour || '')) return state;
  const time = clock(hour, minute);
  if (date === '*' && weekday === '*') return { ...state, mode: 'daily', time };
  if (date === '*' && weekdays(weekday)) return { ...state, mode: 'weekly', time, days: weekdays(weekday) };
  if (weekday === '*' && /^\d{1,2}$/.test(date)) return { ...state, mode: 'monthly', time, monthday: String(Number(date)) };
  if (weekday === '*' && /^l$/i.test(date)) return { ...state, mode: 'monthly', time, monthday: 'last' };
  const turn = /^([0-7])(?:#([1-4])|l)$/i.exec(weekday);
  if (date === '*' && turn) {
    const turnday = DAYS[(Number(turn[1]) + 6) % 7];
    return { ...state, mode: 'monthly', time, monthday: (turn[2] ? TURNS[turn[2] - 1] : 'last') + TURN, turnday };
  }
  return state;
}

/** Write the chosen mode as a cron line. */
export function toCron(state) {
  if (!['daily', 'weekly', 'monthly'].includes(state.mode)) return state.cron;
  const [hour, minute] = state.time.split(':').map(Number);
  if (state.mode === 'daily') return `${minute} ${hour} * * *`;
  if (state.mode === 'monthly' && isTurn(state)) {
    const place = TURNS.indexOf(state.monthday.slice(0, -TURN.length));
    return `${minute} ${hour} * * ${(DAYS.indexOf(state.turnday) + 1) % 7}${place === 4 ? 'L' : `#${place + 1}`}`;
  }
  if (state.mode === 'monthly') return `${minute} ${hour} ${state.monthday === 'last' ? 'L' : state.monthday} * *`;
  const days = state.days.map((day) => (DAYS.indexOf(day) + 1) % 7).sort((a, b) => a - b);
  return `${minute} ${hour} * * ${days.join(',') === '1,2,3,4,5' ? '1-5' : days.join(',') || '*'}`;
}

/** Read what the document holds: a cron text, or a schedule trigger's settings. */
export function fromValue(value) {
  if (typeof value === 'string' && value) return fromCron(value);
  const { mode, cron, every, time, day, at, ...extra } = typeof value === 'object' && value ? value : {};
  const state = { ...blank(), extra };
  // nothing is chosen yet, and nothing pretends to be
  if ([mode, cron, every, time, day, at].every((one) => one === undefined || one === null)) return { ...state, mode: null };
  if (at && (!mode || mode === 'once')) return { ...state, mode: 'once', at: String(at) };
  if (cron && (!mode || mode === 'cron')) return { ...state, mode: 'cron', cron: String(cron) };
  if (every && (!mode || mode === 'interval')) return { ...state, mode: 'interval', every: String(every) };
  const days = (Array.isArray(day) ? day : [day]).map((one) => String(one ?? '').toLowerCase());
  const named = days.filter((one) => DAYS.includes(one));
  const [which, turnday] = days[0].split(/\s+/);
  if (mode !== 'weekly' && TURNS.includes(which) && DAYS.includes(turnday)) {
    return { ...state, mode: 'monthly', time: time || '09:00', monthday: which + TURN, turnday };
  }
  const found = mode || (day === undefined || day === null ? 'daily' : named.length ? 'weekly' : 'monthly');
  return { ...state, mode: found, time: time || '09:00', days: named.length ? named : state.days, monthday: named.length || day === undefined || day === null ? '1' : days[0] };
}

/** Write a schedule trigger's settings. */
export function toValue(state) {
  const { mode, extra } = state;
  if (mode === 'cron') return { mode, cron: state.cron, ...extra };
  if (mode === 'once') return { mode, at: state.at, ...extra };
  if (mode === 'interval') return { mode, every: state.every, ...extra };
  if (mode === 'daily') return { mode, time: state.time, ...extra };
  if (mode === 'weekly') return { mode, day: state.days.length === 1 ? state.days[0] : state.days, time: state.time, ...extra };
  if (isTurn(state)) return { mode, day: `${state.monthday.slice(0, -TURN.length)} ${state.turnday}`, time: state.time, ...extra };
  return { mode, day: state.monthday === 'last' ? 'last' : Number(state.monthday), time: state.time, ...extra };
}
