import { refinementStatusOf } from '@agon/service-kit';

/** One row per refinement that this service has asked for. */
export const refinementStatus = refinementStatusOf('stakeholder-actions');
