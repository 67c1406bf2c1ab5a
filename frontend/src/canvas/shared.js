/** What the canvas gives to its parts. */
export const DRAWING = Symbol("drawing");
export const DEEDS = Symbol("deeds");
