import { AgonClient } from '@agon/client';
import { CAST, POWER_CRISIS } from '@agon/testing/load';

/** Creates a story with the example's cast. */
export async function castStory(
  url: string,
  key: string,
  seed = 'harbour-7',
  contentPack = 'harbour',
): Promise<string> {
  const client = new AgonClient({ baseUrl: url });
  const { storyId } = await client.createStory({ seed, contentPack }, { idempotencyKey: key });
  await client.registerNpcs(storyId, CAST.map(registration), { idempotencyKey: `${key}-npcs` });
  return storyId;
}

/** Opens a power crisis among the example's cast. */
export async function openConflict(url: string, storyId: string, conflictId: string): Promise<void> {
  const client = new AgonClient({ baseUrl: url });
  await client.createConflict(storyId, { conflictId, ...POWER_CRISIS }, { idempotencyKey: `open-${conflictId}` });
}

const registration = ({ npcId, name }: (typeof CAST)[number]) => ({ npcId, name });
