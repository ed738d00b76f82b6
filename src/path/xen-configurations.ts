/** The three configurations of the study. */
export const XEN_CONFIGURATIONS = ['Xen', 'LRO', 'Optimized'] as const;
export type XenConfiguration = (typeof XEN_CONFIGURATIONS)[number];
