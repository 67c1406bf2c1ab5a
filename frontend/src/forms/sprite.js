/** Where the icon sprite is served. */
export const sprite = '/static/icons.svg';
