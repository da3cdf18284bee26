import { el } from './dom.js';

const COLOURS = 10;
let known = [];

/** The order in which the server first heard of them, which decides on their colours. */
export function knowServices(services) {
  known = services;
}

/** The class that has a service's colour. */
export const colourOf = (service) => `colour-${Math.max(0, known.indexOf(service)) % COLOURS}`;

/** A dot in a service's colour. */
export const dot = (service) => el('span', { class: `dot ${colourOf(service)}`, title: service });
