import { z } from 'zod';

/**
 * A rendered template: `text` to show as it is, `key` and `params` for a client that renders
 * from its own string table (localisation, voice-over).
 */
export const Text = z
  .object({
    key: z.string().describe('The template, unique in the content pack'),
    params: z.record(z.string(), z.string()).describe('What filled its slots'),
    text: z.string().min(1),
  })
  .meta({ id: 'Text' });
export type Text = z.infer<typeof Text>;
