import type { DataOf, EventOf } from '@agon/contracts';
import { reader, streamId } from '@agon/contracts';
import { Decisions, type Handled, MessageContext, OnEvent } from '@agon/messaging';
import { Tellings } from '@agon/service-kit';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import * as scene from './scene/scene.ts';
import * as stakeholders from './stakeholders/stakeholders.ts';

/** Message → command. Reacts to what conflict-flow has accepted, never to a raw input that names a conflict. */
@Controller()
export class Handlers {
  constructor(
    private readonly decisions: Decisions,
    private readonly tellings: Tellings,
  ) {}

  @OnEvent('ConflictCreated')
  conflictCreated(@Payload() { data }: EventOf<'ConflictCreated'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, conflictType, cast } = data;
    return this.tell(context, conflictId, (telling) => ({ type: 'Assemble', conflictId, conflictType, cast, telling }));
  }

  @OnEvent('ChoiceApplied')
  choiceApplied(@Payload() { data }: EventOf<'ChoiceApplied'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, choice, tensionChanges, transition } = data;
    return this.tell(context, conflictId, (telling) => ({
      type: 'ReactToChoice',
      conflictId,
      choice,
      tensionChanges,
      transition,
      telling,
    }));
  }

  @OnEvent('ProgressApplied')
  progressApplied(@Payload() { data }: EventOf<'ProgressApplied'>, @Ctx() context: MessageContext): Promise<Handled> {
    return this.bear(context, data);
  }

  @OnEvent('ActApplied')
  actApplied(@Payload() { data }: EventOf<'ActApplied'>, @Ctx() context: MessageContext): Promise<Handled> {
    return this.bear(context, data);
  }

  @OnEvent('ConflictResolved')
  resolved(@Payload() { data }: EventOf<'ConflictResolved'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId } = data;
    return this.tell(context, conflictId, (telling) => ({ type: 'Release', conflictId, telling }));
  }

  @OnEvent('SceneSynced')
  sceneSynced(@Payload() { data }: EventOf<'SceneSynced'>, @Ctx() { event }: MessageContext): Promise<Handled> {
    const parts = Object.fromEntries(data.conflictIds.map((id) => [`of ${id}`, stakeholdersOf(event.storyId, id)]));
    const own = { streamId: streamId('stakeholders', event.storyId), decider: scene.decider, select: selectScene };
    return this.decisions.handle(event, { ...parts, scene: own }, (states) => {
      const members = Object.values(states)
        .filter(isOfConflict)
        .flatMap((state) => (state.released ? [] : state.members));
      const telling = this.tellings.of(event, 'stakeholders');
      const hint = { type: 'HintBehaviours', present: data.cast, stakeholders: members, telling } as const;
      return [{ stream: 'scene', events: scene.decide(hint, states.scene) }];
    });
  }

  private bear(context: MessageContext, moved: DataOf<'ProgressApplied'>): Promise<Handled> {
    const { conflictId, tensionChanges, transition } = moved;
    return this.tell(context, conflictId, (telling) => ({
      type: 'BearMovement',
      conflictId,
      tensionChanges,
      transition,
      telling,
    }));
  }

  private tell(
    { event }: MessageContext,
    conflictId: string,
    command: (telling: ReturnType<Tellings['of']>) => stakeholders.StakeholdersCommand,
  ): Promise<Handled> {
    const streams = { stakeholders: stakeholdersOf(event.storyId, conflictId) };
    const telling = () => this.tellings.of(event, `stakeholders-${conflictId}`);
    return this.decisions.handle(event, streams, (states) => [
      { stream: 'stakeholders', events: stakeholders.decide(command(telling()), states.stakeholders) },
    ]);
  }
}

const isOfConflict = (
  state: stakeholders.StakeholdersState | scene.SceneState,
): state is stakeholders.StakeholdersState => 'members' in state;

const selectStakeholders = reader(stakeholders.STAKEHOLDERS_EVENTS);
const selectScene = reader(scene.SCENE_EVENTS);

const stakeholdersOf = (storyId: string, conflictId: string) => ({
  streamId: streamId('stakeholders', storyId, conflictId),
  decider: stakeholders.decider,
  select: selectStakeholders,
});
